using System.Security.Claims;
using Dialer.Features.Access;
using Dialer.Storage.Postgres;
using NodaTime;

namespace Dialer.Features.Accounts;

public static partial class AccountLooks
{
    /// <summary>A page or a line of a search, each time it is asked for.</summary>
    internal static Task WriteAsync(Database database, ClaimsPrincipal caller, IEnumerable<long> accounts, string via, Instant now, CancellationToken cancel) => database.ExecuteAsync(
        "insert into account_look (at, user_id, account_id, via) select @now, @user, id, @via from unnest(@accounts) as id", new { now, user = caller.UserId(), accounts = accounts.ToArray(), via }, cancel);

    /// <summary>Lines of a list that is asked for all day: each account once in twelve hours.</summary>
    public static Task WriteListAsync(Database database, ClaimsPrincipal caller, IReadOnlyCollection<long> accounts, Instant now, CancellationToken cancel) => database.ExecuteAsync(
        """
        insert into account_look (at, user_id, account_id, via)
        select distinct @now, @user, id, 'WorkList' from unnest(@accounts) as id
        where not exists (select from account_look l where l.account_id = id and l.user_id = @user and l.at > @since)
        """,
        new { now, since = now - Duration.FromHours(12), user = caller.UserId(), accounts = accounts.ToArray() }, cancel);

    /// <summary>A part of an account's page: written down once a minute, because an open page asks for its parts again and again.</summary>
    public static Task WriteOnceAsync(Database database, ClaimsPrincipal caller, long account, Instant now, CancellationToken cancel) => database.ExecuteAsync(
        """
        insert into account_look (at, user_id, account_id, via)
        select @now, @user, @account, 'Account' where not exists (select from account_look where account_id = @account and user_id = @user and at > @since)
        """,
        new { now, since = now - Duration.FromMinutes(1), user = caller.UserId(), account }, cancel);
}
