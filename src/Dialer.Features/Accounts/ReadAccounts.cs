using System.Security.Claims;
using Dialer.Core.Numbers;
using Dialer.Core.Payments;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Dialer.Features.Accounts;

/// <summary>
/// <c>GET /api/v1/accounts/{id}</c> and <c>GET /api/v1/accounts?q=</c>. Agents see telephone numbers by their last four digits and no birth date or e-mail;
/// supervisors and compliance see them whole. The last four of the SSN leave the database for nobody: they are only compared.
/// </summary>
internal static class ReadAccounts
{
    private const int MaxPage = 100;

    private const string AccountSql =
        """
        select a.account_id, c.code as client, a.client_account_no, a.creditor, a.product, a.currency, a.balance,
               a.bucket_current, a.bucket_30, a.bucket_60, a.bucket_90, a.bucket_120, a.bucket_older, a.balance - a.bucket_current as past_due,
               a.minimum_payment, a.oldest_due_on, a.status, a.placed_on, a.import_batch_id as import_id, a.updated_at,
               p.person_id, p.client_person_no, p.first_name, p.last_name, p.birth_date, p.email, p.language, p.address, p.city, p.state, p.zip
        from account a join person p using (person_id) join client c on c.client_id = a.client_id
        where a.account_id = @id
        """;

    private const string PhonesSql =
        """
        select h.phone_id, h.e164, h.line_type, h.place, h.rank, h.status, h.source,
               (select c.kind from consent_event c where c.e164 = h.e164 and c.channel = 'Voice' order by c.at desc, c.consent_event_id desc limit 1) as voice_consent
        from phone h where h.person_id = @personId order by h.rank, h.phone_id
        """;

    private const string OthersSql =
        "select account_id, creditor, balance, currency, status from account where person_id = @personId and account_id <> @id order by account_id";

    private const string HoldsSql =
        """
        select kind, account_id, opened_at, expires_at, reason from hold
        where person_id = @personId and closed_at is null and (account_id is null or account_id = @id) order by opened_at
        """;

    /// <summary>By exact account or person number, by the receipt number of a payment, by exact telephone number, or by the beginning of the last name ("garc", "garcía, jo").</summary>
    private const string SearchSql =
        """
        select a.account_id, c.code as client, a.client_account_no, a.creditor, a.balance, a.currency, a.status, p.person_id, p.first_name, p.last_name, p.city, p.state
        from account a join person p using (person_id) join client c on c.client_id = a.client_id
        where a.account_id > @after and (@client::text is null or c.code = @client)
          and (a.client_account_no = @text or p.client_person_no = @text
               or @payment::bigint is not null and a.account_id = (select account_id from payment where payment_id = @payment)
               or @phone::text is not null and p.person_id in (select person_id from phone where e164 = @phone)
               or @last::text is not null and lower(p.last_name) like @last and (@first::text is null or lower(p.first_name) like @first))
        order by a.account_id limit @limit
        """;

    private const string LooksSql =
        """
        select l.at, u.user_name, l.via, l.attempt_id from account_look l join app_user u using (user_id)
        where l.account_id = @id order by l.at desc limit 500
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/accounts/{id:long}/looks", LooksAsync).RequireAuthorization(Scopes.AccountsLooks);
        routes.MapGet("/api/v1/accounts/{id:long}", GetAsync).RequireAuthorization(Scopes.AccountsRead);
        routes.MapGet("/api/v1/accounts", SearchAsync).RequireAuthorization(Scopes.AccountsRead);
    }

    private static async Task<IResult> GetAsync(long id, ClaimsPrincipal caller, Database database, TimeProvider time, CancellationToken cancel)
    {
        if (await database.FindAsync<AccountRow>(AccountSql, new { id }, cancel) is not { } account)
            return Results.Problem($"There is no account {id}.", statusCode: 404, title: "Not found");
        await AccountLooks.WriteAsync(database, caller, [id], "Account", Instant.FromDateTimeOffset(time.GetUtcNow()), cancel);
        var whole = SeesWhole(caller);
        var key = new { id, personId = account.PersonId };
        var phones = await database.QueryAsync<PhoneRow>(PhonesSql, key, cancel);
        return Results.Ok(new
        {
            account = account.Masked(whole),
            phones = phones.Select(phone => phone.Masked(whole)),
            otherAccounts = await database.QueryAsync<OtherAccountRow>(OthersSql, key, cancel),
            holds = await database.QueryAsync<HoldRow>(HoldsSql, key, cancel),
        });
    }

    private static async Task<IResult> LooksAsync(long id, Database database, CancellationToken cancel) => Results.Ok(new { items = await database.QueryAsync<LookRow>(LooksSql, new { id }, cancel) });

    private static async Task<IResult> SearchAsync(ClaimsPrincipal caller, Database database, TimeProvider time, CancellationToken cancel, string q = "", string? client = null, long after = 0, int limit = 25)
    {
        var text = q.Trim();
        if (text.Length is < 2 or > 100)
            return Results.Problem("q must have 2 to 100 characters: an account or person number, a receipt number, a telephone number, or the beginning of a last name.", statusCode: 400, title: "Nothing to search for");
        var parts = text.ToLowerInvariant().Split(',', 2, StringSplitOptions.TrimEntries);
        limit = Math.Clamp(limit, 1, MaxPage);
        var rows = await database.QueryAsync<SearchRow>(
            SearchSql,
            new
            {
                after,
                client,
                text,
                payment = ReceiptNumber.TryRead(text)?.PaymentId,
                phone = PhoneNumber.TryParse(text, out var number) ? number.E164 : null,
                last = parts[0].Any(char.IsLetter) ? Prefix(parts[0]) : null,
                first = parts.Length > 1 && parts[1].Length > 0 ? Prefix(parts[1]) : null,
                limit,
            },
            cancel);
        await AccountLooks.WriteAsync(database, caller, rows.Select(row => row.AccountId), "Search", Instant.FromDateTimeOffset(time.GetUtcNow()), cancel);
        return Results.Ok(new { items = rows, next = rows.Count == limit ? rows[^1].AccountId : (long?)null });
    }

    private static string Prefix(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";

    private static bool SeesWhole(ClaimsPrincipal caller) => caller.May(Scopes.AccountsReadWhole);

    public sealed record LookRow
    {
        public Instant At { get; init; }

        public string UserName { get; init; } = "";

        public string Via { get; init; } = "";

        public long? AttemptId { get; init; }
    }

    public sealed record SearchRow
    {
        public long AccountId { get; init; }

        public string Client { get; init; } = "";

        public string ClientAccountNo { get; init; } = "";

        public string Creditor { get; init; } = "";

        public decimal Balance { get; init; }

        public string Currency { get; init; } = "";

        public string Status { get; init; } = "";

        public long PersonId { get; init; }

        public string FirstName { get; init; } = "";

        public string LastName { get; init; } = "";

        public string? City { get; init; }

        public string? State { get; init; }
    }

    public sealed record OtherAccountRow(long AccountId, string Creditor, decimal Balance, string Currency, string Status);

    public sealed record HoldRow
    {
        public string Kind { get; init; } = "";

        public long? AccountId { get; init; }

        public Instant OpenedAt { get; init; }

        public Instant? ExpiresAt { get; init; }

        public string Reason { get; init; } = "";
    }

    public sealed record PhoneRow
    {
        public long PhoneId { get; init; }

        public string E164 { get; init; } = "";

        public string LineType { get; init; } = "";

        public string Place { get; init; } = "";

        public short Rank { get; init; }

        public string Status { get; init; } = "";

        public string Source { get; init; } = "";

        /// <summary>Granted, Revoked, or null when nothing is known.</summary>
        public string? VoiceConsent { get; init; }

        public PhoneRow Masked(bool whole) => whole ? this : this with { E164 = $"•••• {E164[^4..]}" };
    }

    public sealed record AccountRow
    {
        public long AccountId { get; init; }

        public string Client { get; init; } = "";

        public string ClientAccountNo { get; init; } = "";

        public string Creditor { get; init; } = "";

        public string Product { get; init; } = "";

        public string Currency { get; init; } = "";

        public decimal Balance { get; init; }

        public decimal BucketCurrent { get; init; }

        public decimal Bucket30 { get; init; }

        public decimal Bucket60 { get; init; }

        public decimal Bucket90 { get; init; }

        public decimal Bucket120 { get; init; }

        public decimal BucketOlder { get; init; }

        public decimal PastDue { get; init; }

        public decimal MinimumPayment { get; init; }

        public LocalDate? OldestDueOn { get; init; }

        public string Status { get; init; } = "";

        public LocalDate PlacedOn { get; init; }

        public long? ImportId { get; init; }

        public Instant UpdatedAt { get; init; }

        public long PersonId { get; init; }

        public string ClientPersonNo { get; init; } = "";

        public string FirstName { get; init; } = "";

        public string LastName { get; init; } = "";

        public LocalDate? BirthDate { get; init; }

        public string? Email { get; init; }

        public string Language { get; init; } = "";

        public string? Address { get; init; }

        public string? City { get; init; }

        public string? State { get; init; }

        public string? Zip { get; init; }

        public AccountRow Masked(bool whole) => whole ? this : this with { BirthDate = null, Email = null };
    }
}
