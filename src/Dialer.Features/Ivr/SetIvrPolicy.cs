using System.Security.Claims;
using Dapper;
using Dialer.Core.Ivr;
using Dialer.Features.Access;
using Dialer.Features.Audit;
using Dialer.Features.Payments;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Ivr;

/// <summary>
/// What a client's callers are asked and may agree to by machine: <c>PUT /api/v1/clients/{code}/ivr-policy</c> sets it whole, from the next step of every call on;
/// <c>GET</c> gives what holds, everything that held before, and the house's own limits, which the configuration sets for all clients. The page is <c>/ivr/limits</c>.
/// </summary>
internal static class SetIvrPolicy
{
    /// <param name="Identifiers">Two or three of Zip, BirthDate and SsnLast4, in the order they are asked: the first two a person has are used.</param>
    /// <param name="MaxFailures">Failed rounds of verification a call may have, 1 to 5.</param>
    /// <param name="MinimumAmount">The least that can be paid or promised, 1 to 1,000.</param>
    /// <param name="MaxPromiseDays">The farthest day a promise may name, 7 to 90 from today.</param>
    /// <param name="MaxBrokenPromises">With this many broken promises the machine takes no more, 0 to 10.</param>
    /// <param name="MaxDeclines">Declined sessions a call may have, 1 to 3.</param>
    /// <param name="Opens">When people take this client's calls, HH:mm in the zone of the call, as long as the line is open too; with <paramref name="Closes"/>, or null as it is: the house's hours.</param>
    public sealed record Limits(
        IReadOnlyList<Identifier>? Identifiers, int MaxFailures, decimal MinimumAmount, int MaxPromiseDays, int MaxBrokenPromises, int MaxDeclines, bool TakesBankAccounts, string? Opens = null, string? Closes = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/v1/clients/{code}/ivr-policy", SetAsync).RequireAuthorization(Scopes.ClientsManage);
        routes.MapGet("/api/v1/clients/{code}/ivr-policy", GetAsync).RequireAuthorization(Scopes.ClientsRead);
    }

    private static Task<IResult> SetAsync(string code, Limits body, ClaimsPrincipal user, Database database, TimeProvider time, CancellationToken cancel) => database.InTransactionAsync<IResult>(
        async (connection, transaction) =>
        {
            if (Fault(body) is { } fault)
                return Problem.Invalid(fault);
            var now = Instant.FromDateTimeOffset(time.GetUtcNow());
            var identifiers = body.Identifiers!.Select(identifier => identifier.ToString()).ToArray();
            var stored = await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into ivr_policy (client_id, identifiers, max_failures, minimum_amount, max_promise_days, max_broken_promises, max_declines, takes_bank_accounts, opens, closes, set_by, set_at)
                select client_id, @identifiers, @MaxFailures, @MinimumAmount, @MaxPromiseDays, @MaxBrokenPromises, @MaxDeclines, @TakesBankAccounts, @opens, @closes, @by, @now from client where code = @code
                """,
                new
                {
                    code, identifiers, body.MaxFailures, body.MinimumAmount, body.MaxPromiseDays, body.MaxBrokenPromises, body.MaxDeclines, body.TakesBankAccounts,
                    opens = BusinessHours.Write(body.Opens), closes = BusinessHours.Write(body.Closes), by = user.UserName(), now,
                },
                transaction, cancellationToken: cancel));
            if (stored == 0)
                return Problem.NotFound($"There is no client '{code}'.");
            await AuditTrail.AddAsync(connection, transaction, user.UserName(), "ivr-policy.set", $"client/{code}", body, now, cancel);
            return Results.NoContent();
        },
        cancel);

    private static async Task<IResult> GetAsync(string code, Database database, IOptions<IvrOptions> options, CancellationToken cancel)
    {
        if (await database.FindAsync<string>("select code from client where code = @code", new { code }, cancel) is null)
            return Problem.NotFound($"There is no client '{code}'.");
        var rows = await database.QueryAsync<View>(
            """
            select p.identifiers, p.max_failures, p.minimum_amount, p.max_promise_days, p.max_broken_promises, p.max_declines, p.takes_bank_accounts, p.opens, p.closes, p.set_by, p.set_at
            from ivr_policy p join client c on c.client_id = p.client_id where c.code = @code order by p.ivr_policy_id desc limit 100
            """,
            new { code }, cancel);
        var product = IvrPolicy.Default;
        return Results.Ok(new
        {
            holds = rows is [var newest, ..] ? newest : new View
            {
                Identifiers = [.. product.Identifiers.Select(identifier => identifier.ToString())], MaxFailures = product.MaxFailures, MinimumAmount = product.MinimumAmount, MaxPromiseDays = product.MaxPromiseDays,
                MaxBrokenPromises = product.MaxBrokenPromises, MaxDeclines = product.MaxDeclines, TakesBankAccounts = product.TakesBankAccounts,
            },
            before = rows.Skip(1),
            house = new House(
                options.Value.Opens, options.Value.Closes, options.Value.MaxFailuresPerPersonHour, options.Value.MaxFailuresPerNumberHour, options.Value.MaxPeoplePerNumberDay, options.Value.MaxWithheldFailuresPerHour,
                options.Value.MaxFailuresPerHour),
        });
    }

    private static string? Fault(Limits body) =>
        body.Identifiers is not { Count: 2 or 3 } identifiers || identifiers.Distinct().Count() != identifiers.Count || !identifiers.All(Enum.IsDefined) ? "identifiers must be two or three different ones of Zip, BirthDate and SsnLast4."
        : body.MaxFailures is < 1 or > 5 ? "maxFailures must be 1 to 5."
        : body.MinimumAmount is < 1 or > 1000 || decimal.Round(body.MinimumAmount, 2) != body.MinimumAmount ? "minimumAmount must be 1 to 1000, in whole cents."
        : body.MaxPromiseDays is < 7 or > 90 ? "maxPromiseDays must be 7 to 90."
        : body.MaxBrokenPromises is < 0 or > 10 ? "maxBrokenPromises must be 0 to 10."
        : body.MaxDeclines is < 1 or > PaymentStore.CardingLimit ? "maxDeclines must be 1 to 3: three failed cards stop the carding."
        : (body.Opens is null) != (body.Closes is null) ? "opens and closes are given together, or neither: then the house's hours hold."
        : body.Opens is not null && (BusinessHours.Parse(body.Opens) is not { } opens || BusinessHours.Parse(body.Closes!) is not { } closes || closes <= opens || opens >= BusinessHours.Day) ? "opens and closes must be times HH:mm, closes after opens and at most 24:00."
        : null;

    /// <summary>What the configuration sets for all clients (<see cref="IvrOptions"/>).</summary>
    public sealed record House(
        string Opens, string Closes, int MaxFailuresPerPersonHour, int MaxFailuresPerNumberHour, int MaxPeoplePerNumberDay, int MaxWithheldFailuresPerHour, int MaxFailuresPerHour);

    /// <summary><see cref="Limits"/> as they are stored; who set them and when: null where nobody has, and the product's own hold.</summary>
    public sealed class View : IvrPolicyRow
    {
        public string? SetBy { get; init; }

        public Instant? SetAt { get; init; }
    }
}
