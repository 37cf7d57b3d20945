using Dapper;
using Dialer.Core.Numbers;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.Accounts;

/// <summary>A company whose debts are collected here.</summary>
/// <param name="Code">Short and stable; names the client in files and commands.</param>
/// <param name="SpokenName">Said on calls; must not reveal that it is about a debt (12 CFR 1006.2(j)(1)(i)).</param>
/// <param name="CallbackE164">The number people are told to ring.</param>
/// <param name="CollectorRole">FirstParty, ThirdParty or DebtBuyer.</param>
/// <param name="DebtClass">Consumer or Commercial.</param>
public sealed record Client(string Code, string Name, string SpokenName, string CallbackE164, string CollectorRole = "ThirdParty", string DebtClass = "Consumer");

/// <summary>The clients. <c>POST /api/v1/clients</c> creates one (201), or answers 409 when the code is taken; <c>GET</c> lists them.</summary>
public sealed class Clients(Database database, TimeProvider time)
{
    private static readonly string[] CollectorRoles = ["FirstParty", "ThirdParty", "DebtBuyer"];
    private static readonly string[] DebtClasses = ["Consumer", "Commercial"];

    private const string InsertSql =
        """
        insert into client (code, name, spoken_name, callback_e164, collector_role, debt_class, created_at)
        values (@Code, @Name, @SpokenName, @CallbackE164, @CollectorRole, @DebtClass, @Now)
        on conflict (code) do nothing
        """;

    private const string ListSql = "select code, name, spoken_name, callback_e164, collector_role, debt_class from client order by code";

    /// <summary>Creates the client unless its code is taken; an existing one is left as it is. True when it was created.</summary>
    /// <exception cref="ArgumentException">A value is missing or not allowed; the message names it.</exception>
    public async Task<bool> EnsureAsync(Client client, CancellationToken cancel)
    {
        if (Fault(client) is { } fault)
            throw new ArgumentException(fault, nameof(client));
        var parameters = new DynamicParameters(client);
        parameters.Add("CallbackE164", PhoneNumber.Parse(client.CallbackE164).E164);
        parameters.Add("Now", NodaTime.Instant.FromDateTimeOffset(time.GetUtcNow()));
        return await database.ExecuteAsync(InsertSql, parameters, cancel) == 1;
    }

    public Task<IReadOnlyList<Client>> ListAsync(CancellationToken cancel) => database.QueryAsync<Client>(ListSql, null, cancel);

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/clients", async (Clients clients, CancellationToken cancel) => Results.Ok(await clients.ListAsync(cancel))).RequireAuthorization(Scopes.ClientsRead);
        routes.MapPost("/api/v1/clients", async (Client client, Clients clients, CancellationToken cancel) =>
            Fault(client) is { } fault ? Results.Problem(fault, statusCode: 400, title: "Invalid client")
            : await clients.EnsureAsync(client, cancel) ? Results.Created($"/api/v1/clients/{client.Code}", client)
            : Results.Problem($"There is a client with the code \"{client.Code}\" already.", statusCode: 409, title: "Code taken")).RequireAuthorization(Scopes.ClientsManage);
    }

    private static string? Fault(Client client) =>
        string.IsNullOrWhiteSpace(client.Code) || client.Code.Length > 40 || !client.Code.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? "code must be 1 to 40 letters, digits, - or _."
        : string.IsNullOrWhiteSpace(client.Name) || string.IsNullOrWhiteSpace(client.SpokenName) ? "name and spokenName must not be empty."
        : !PhoneNumber.TryParse(client.CallbackE164, out _) ? "callbackE164 is not a telephone number."
        : !CollectorRoles.Contains(client.CollectorRole) ? "collectorRole must be FirstParty, ThirdParty or DebtBuyer."
        : !DebtClasses.Contains(client.DebtClass) ? "debtClass must be Consumer or Commercial."
        : null;
}

/// <summary>Who looked at whose account is part of the record (GLBA safeguards, 16 CFR 314.4(c)(8)): a page, a line of a search, a call's screen.</summary>
public static partial class AccountLooks;

/// <summary>What others learn about a number: its kind of line.</summary>
public static partial class PhoneBook;
