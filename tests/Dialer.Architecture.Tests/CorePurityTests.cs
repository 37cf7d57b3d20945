using Dialer.Architecture.Tests.Planted;

namespace Dialer.Architecture.Tests;

/// <summary>Core decides; it never waits, reads a clock, rolls dice, logs, or touches the world.</summary>
public sealed class CorePurityTests
{
    private static readonly string[] ForbiddenTypes =
    [
        "System.Threading.Tasks.", "System.Threading.Thread", "System.Threading.Timer", "System.Threading.Lock", "System.Threading.Monitor", "System.IO.File", "System.IO.Directory",
        "System.IO.Path", "System.Net.", "System.Random", "System.Security.Cryptography.RandomNumberGenerator", "System.Console", "System.Environment", "System.Diagnostics.Process",
        "System.Diagnostics.Stopwatch", "System.TimeProvider", "System.Data.", "Microsoft.Extensions.", "Microsoft.AspNetCore.", "NodaTime.SystemClock", "NodaTime.IClock",
    ];

    private static readonly (string Type, string Member)[] ForbiddenMembers =
    [
        ("System.DateTime", "get_Now"), ("System.DateTime", "get_UtcNow"), ("System.DateTime", "get_Today"), ("System.DateTimeOffset", "get_Now"), ("System.DateTimeOffset", "get_UtcNow"),
        ("System.Guid", "NewGuid"), ("System.Guid", "CreateVersion7"), ("System.TimeZoneInfo", "get_Local"), ("NodaTime.DateTimeZoneProviders", "get_Bcl"),
    ];

    /// <summary>What the compiler puts into iterators, and the line end of a message.</summary>
    private static readonly (string Type, string Member)[] Harmless = [("System.Environment", "get_CurrentManagedThreadId"), ("System.Environment", "get_NewLine")];

    [Fact]
    public void Core_is_pure() => Found(Uses.Of(Product.Core)).ShouldBeEmpty();

    [Theory]
    [InlineData(nameof(Impure.Waits), "System.Threading.Tasks.")]
    [InlineData(nameof(Impure.ReadsTheClock), "get_UtcNow")]
    [InlineData(nameof(Impure.RollsDice), "System.Random")]
    [InlineData(nameof(Impure.MakesAnId), "NewGuid")]
    [InlineData(nameof(Impure.ReadsAFile), "System.IO.File")]
    [InlineData(nameof(Impure.Calls), "System.Net.")]
    [InlineData(nameof(Impure.Logs), "Microsoft.Extensions.")]
    [InlineData(nameof(Impure.ReadsTheClockInAClosure), "get_Now")]
    public void A_planted_impurity_is_found(string method, string what) =>
        Found(PlantedCode.Of(typeof(Impure)).Where(use => use.Method.Contains(method, StringComparison.Ordinal))).ShouldContain(use => $"{use.ToType}.{use.ToMember}".Contains(what));

    [Fact]
    public void A_pure_function_is_left_in_peace() => Found(PlantedCode.Of(typeof(Impure)).Where(use => use.Method == nameof(Impure.Adds))).ShouldBeEmpty();

    private static IEnumerable<Use> Found(IEnumerable<Use> uses) => uses.Where(use => !Harmless.Contains((use.ToType, use.ToMember))).Where(use =>
        ForbiddenTypes.Any(type => type.EndsWith('.') ? use.ToType.StartsWith(type, StringComparison.Ordinal) : use.ToType == type)
        || ForbiddenMembers.Contains((use.ToType, use.ToMember)));
}
