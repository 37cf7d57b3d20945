using System.Text.Json.Serialization;
using Dialer.Core.Ivr;

namespace Dialer.Features.Ivr;

/// <summary>The columns of a client's policy, as <see cref="SetIvrPolicy"/> stores them and each step of a call reads them.</summary>
internal class IvrPolicyRow
{
    /// <summary>Names of <see cref="Identifier"/>; null where the client has set nothing.</summary>
    public string[]? Identifiers { get; init; }

    public int MaxFailures { get; init; }

    public decimal MinimumAmount { get; init; }

    public int MaxPromiseDays { get; init; }

    public int MaxBrokenPromises { get; init; }

    public int MaxDeclines { get; init; }

    public bool TakesBankAccounts { get; init; }

    /// <summary>The client's own hours; null: the house's.</summary>
    public string? Opens { get; init; }

    public string? Closes { get; init; }

    /// <summary>What the client has set; the product's own where it has set nothing.</summary>
    [JsonIgnore]
    public IvrPolicy Policy => Identifiers is null ? IvrPolicy.Default : new IvrPolicy
    {
        Identifiers = Array.ConvertAll(Identifiers, Enum.Parse<Identifier>), MaxFailures = MaxFailures, MinimumAmount = MinimumAmount, MaxPromiseDays = MaxPromiseDays,
        MaxBrokenPromises = MaxBrokenPromises, MaxDeclines = MaxDeclines, TakesBankAccounts = TakesBankAccounts,
    };
}
