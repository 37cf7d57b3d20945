// Violations kept on purpose, never run: each rule must find its own, or it is no rule.
#pragma warning disable

using Dapper;
using Dialer.Storage.Postgres;
using Dialer.Twilio.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Dialer.Architecture.Tests.Planted
{
    internal static class PlantedCode
    {
        public const string Namespace = "Dialer.Architecture.Tests.Planted.";

        public static IReadOnlyList<Use> Of(Type type) => All.Where(use => use.From == type.FullName).ToList();

        public static IReadOnlyList<Use> All { get; } = Uses.Of(typeof(PlantedCode).Assembly).Where(use => use.From.StartsWith(Namespace, StringComparison.Ordinal)).ToList();
    }

    internal static class Impure
    {
        public static int Adds(int a, int b) => a + b;

        public static Task Waits() => Task.Delay(1);

        public static DateTime ReadsTheClock() => DateTime.UtcNow;

        public static Func<long> ReadsTheClockInAClosure() => () => DateTimeOffset.Now.Ticks;

        public static int RollsDice() => new Random(1).Next();

        public static Guid MakesAnId() => Guid.NewGuid();

        public static string ReadsAFile() => File.ReadAllText("x");

        public static object Calls() => new HttpClient();

        public static void Logs(ILogger logger) => logger.LogInformation("x");
    }

    internal static class BuiltSql
    {
        public static Task Interpolated(NpgsqlConnection connection, string name) => connection.ExecuteAsync($"delete from person where last_name = '{name}'");

        public static Task Concatenated(NpgsqlConnection connection, string column) => connection.ExecuteAsync("select " + column + " from account");

        public static Task Formatted(NpgsqlConnection connection, string table) => connection.ExecuteAsync(string.Format("truncate table {0}", table));

        public static Task Constant(NpgsqlConnection connection, string name) => connection.ExecuteAsync("delete from person where last_name = @name", new { name });

        public static string Prose(string what) => $"Select one row from the list: {what}";
    }

    internal static class Redialler
    {
        public static Task<CallPlacement> Dial(TwilioClient client) => client.CreateCallAsync(null!, default);
    }

    internal static class Smuggler
    {
        public static Task Invents(NpgsqlConnection connection) => connection.ExecuteAsync("insert into attempt (to_e164, state) values ('+15550100', 'Intent')");

        public static Task Redirects(NpgsqlConnection connection) => connection.ExecuteAsync("update attempt set to_e164 = '+19005550100' where attempt_id = 1");

        public static Task Revives(NpgsqlConnection connection) => connection.ExecuteAsync("update attempt set state = 'Intent' where attempt_id = 1");

        public static Task Charges(NpgsqlConnection connection) => connection.ExecuteAsync("insert into payment (amount) values (1)");

        public static Task Slips(Dialer.Features.Payments.INoticeSender sender, Dialer.Features.Payments.OutgoingNotice notice) => sender.SendAsync(notice, CancellationToken.None);

        public static string Bridges() => "<Response><Dial><Number>+19005550100</Number></Dial></Response>";

        public static string Forwards() => "<Response><Dial callerId=\"x\">+19005550100</Dial></Response>";

        public static void Writes(System.Xml.XmlWriter writer) => writer.WriteStartElement("Dial");

        public static string IntoAConference() => "<Response><Dial><Conference>room</Conference></Dial></Response>";
    }

    internal static class Sleeper
    {
        public static void Sleeps() => Thread.Sleep(1);

        public static int Blocks(Task<int> task) => task.Result;

        public static DateTime Local() => DateTime.Now;
    }

    internal static class OpenDoors
    {
        public static void MapOpen(IEndpointRouteBuilder routes)
        {
            routes.MapGet("/api/v1/open", () => "anyone");
            routes.MapGet("/api/v1/anonymous", () => "anyone").AllowAnonymous();
            routes.MapGet("/api/v1/somebody", () => "whoever").RequireAuthorization();
            routes.MapGet("/api/v1/role", () => "supervisors").RequireAuthorization("Supervisor");
            routes.MapGet("/api/v1/closed", () => "agents").RequireAuthorization("calls:take");
            routes.MapPost("/twilio/voice/answer", () => "signed").AllowAnonymous();
        }
    }
}

namespace Dialer.Architecture.Tests.Planted.Features.Alpha
{
    internal sealed class AlphaInside;

    internal sealed class AlphaContract;
}

namespace Dialer.Architecture.Tests.Planted.Features.Beta
{
    internal static class ReachesInside
    {
        public static object Take() => new Alpha.AlphaInside();
    }

    internal static class UsesTheContract
    {
        public static object Take() => new Alpha.AlphaContract();
    }
}
