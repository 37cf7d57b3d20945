using Dapper;
using Dialer.Core.Numbers;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Accounts;

public static partial class PhoneBook
{
    /// <summary>Writes what a carrier lookup says a number is, in the caller's transaction. Words that are no line type are left out.</summary>
    public static Task SetLineTypesAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<(long PhoneId, string LineType)> found, Instant now, CancellationToken cancel)
    {
        var known = found.Where(pair => Enum.IsDefined(typeof(LineType), pair.LineType)).ToList();
        return known.Count == 0
            ? Task.CompletedTask
            : connection.ExecuteAsync(new CommandDefinition(
                """
                update phone p set line_type = x.line_type, updated_at = @now
                from unnest(@ids, @types) as x (phone_id, line_type) where p.phone_id = x.phone_id and p.line_type <> x.line_type
                """,
                new { ids = known.Select(pair => pair.PhoneId).ToArray(), types = known.Select(pair => pair.LineType).ToArray(), now }, transaction, cancellationToken: cancel));
    }
}
