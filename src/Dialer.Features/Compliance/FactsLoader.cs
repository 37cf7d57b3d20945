using System.Collections.Immutable;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Core.Numbers;
using Dialer.Storage.Postgres;
using NodaTime;
using Npgsql;

namespace Dialer.Features.Compliance;

/// <summary>A request with the row it concerns and everything known about it.</summary>
internal sealed record LoadedContact(GateRequest Asked, ContactRequest Request, ContactFacts Facts);

internal sealed record LoadedBatch(long PolicyRevision, IReadOnlyList<LoadedContact> Contacts);

/// <summary>Reads the facts of a whole batch in one round trip. A person, account or phone that does not exist, or belongs to another, is a bug and throws.</summary>
internal static class FactsLoader
{
    /// <summary>Attempts older than this bear on no cap.</summary>
    private static readonly Duration AttemptMemory = Duration.FromDays(32);

    public static async Task<LoadedBatch> LoadAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<GateRequest> requests, Instant now, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        Add(batch, KeptPlans.Sql);
        var persons = requests.Select(r => r.Person.Value).Distinct().ToArray();
        var accounts = requests.Select(r => r.Account.Value).Distinct().ToArray();
        var phones = requests.Select(r => r.Phone.Value).Distinct().ToArray();
        var since = (now - AttemptMemory).ToDateTimeUtc();
        Add(batch, FactsSql.Base, requests.Select(r => r.Person.Value).ToArray(), requests.Select(r => r.Account.Value).ToArray(), requests.Select(r => r.Phone.Value).ToArray(),
            requests.Select(r => r.Campaign?.Value ?? 0).ToArray());
        Add(batch, FactsSql.Attempts, persons, accounts, phones, since);
        Add(batch, FactsSql.Consents, persons, phones);
        Add(batch, FactsSql.Holds, persons);
        Add(batch, FactsSql.InconvenientTimes, persons);
        Add(batch, FactsSql.ListResults, persons, phones);
        Add(batch, FactsSql.FirstCommunications, accounts);
        Add(batch, FactsSql.Standing, now.InUtc().Date.ToDateOnly());
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var loading = new Loading(requests);
        await reader.NextResultAsync(cancel);
        await loading.ReadBaseAsync(reader, cancel);
        await reader.NextResultAsync(cancel);
        await loading.ReadAttemptsAsync(reader, cancel);
        await reader.NextResultAsync(cancel);
        await loading.ReadConsentsAsync(reader, cancel);
        await reader.NextResultAsync(cancel);
        await loading.ReadHoldsAsync(reader, cancel);
        await reader.NextResultAsync(cancel);
        await loading.ReadInconvenientTimesAsync(reader, cancel);
        await reader.NextResultAsync(cancel);
        await loading.ReadListResultsAsync(reader, cancel);
        await reader.NextResultAsync(cancel);
        await loading.ReadFirstCommunicationsAsync(reader, cancel);
        await reader.NextResultAsync(cancel);
        await loading.ReadStandingAsync(reader, cancel);
        return loading.Finish();
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] parameters)
    {
#pragma warning disable CA2100 // the constants of FactsSql
        var command = new NpgsqlBatchCommand(sql);
#pragma warning restore CA2100
        foreach (var value in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }

    /// <summary>Puts the result sets together, person by person.</summary>
    private sealed class Loading(IReadOnlyList<GateRequest> requests)
    {
        private readonly BaseRow?[] _base = new BaseRow?[requests.Count];
        private readonly List<AttemptRow> _attempts = [];
        private readonly List<(long? Person, ConsentFact Fact)> _consents = [];
        private readonly List<(long Person, HoldFact Fact)> _holds = [];
        private readonly List<(long Person, InconvenientTime Fact)> _times = [];
        private readonly List<(long? Person, PhoneNumber Number, ListResult Fact)> _lists = [];
        private readonly Dictionary<long, (Instant? Spoken, Instant? Written, LocalDate? Notice)> _firstWords = [];
        private ImmutableArray<PhoneNumber>? _owned;
        private ImmutableArray<string>? _licensed;
        private long _revision;

        public async Task ReadBaseAsync(NpgsqlDataReader r, CancellationToken cancel)
        {
            while (await r.ReadAsync(cancel))
                _base[(int)r.GetInt64(0) - 1] = BaseRow.Read(r);
            for (var i = 0; i < _base.Length; i++)
            {
                if (_base[i] is null)
                    throw new InvalidOperationException($"Person {requests[i].Person.Value}, account {requests[i].Account.Value} and phone {requests[i].Phone.Value} do not belong together.");
            }
        }

        public async Task ReadAttemptsAsync(NpgsqlDataReader r, CancellationToken cancel)
        {
            while (await r.ReadAsync(cancel))
                _attempts.Add(AttemptRow.Read(r));
        }

        public async Task ReadConsentsAsync(NpgsqlDataReader r, CancellationToken cancel)
        {
            while (await r.ReadAsync(cancel))
            {
                _consents.Add((Long(r, 0), new ConsentFact(
                    At(r, 1), Enum.Parse<Channel>(r.GetString(2)), Enum.Parse<ConsentKind>(r.GetString(3)), Enum.Parse<ConsentScope>(r.GetString(4)),
                    Number(r.GetString(5)), Long(r, 6) is { } account ? new AccountId(account) : null, MaybeAt(r, 7), MaybeAt(r, 8))));
            }
        }

        public async Task ReadHoldsAsync(NpgsqlDataReader r, CancellationToken cancel)
        {
            while (await r.ReadAsync(cancel))
                _holds.Add((r.GetInt64(0), new HoldFact(Enum.Parse<HoldKind>(r.GetString(1)), Long(r, 2) is { } account ? new AccountId(account) : null, MaybeAt(r, 3))));
        }

        public async Task ReadInconvenientTimesAsync(NpgsqlDataReader r, CancellationToken cancel)
        {
            while (await r.ReadAsync(cancel))
            {
                var days = Field<short[]>(r, 1).Select(day => (IsoDayOfWeek)day).ToImmutableArray();
                _times.Add((r.GetInt64(0), new InconvenientTime(days, LocalTime.FromTimeOnly(Field<TimeOnly>(r, 2)), LocalTime.FromTimeOnly(Field<TimeOnly>(r, 3)))));
            }
        }

        public async Task ReadListResultsAsync(NpgsqlDataReader r, CancellationToken cancel)
        {
            while (await r.ReadAsync(cancel))
            {
                _lists.Add((Long(r, 0), Number(Text(r, 1) ?? ""),
                    new ListResult(Enum.Parse<OutsideList>(r.GetString(2)), Enum.Parse<ListAnswer>(r.GetString(3)), At(r, 4), MaybeAt(r, 5))));
            }
        }

        public async Task ReadFirstCommunicationsAsync(NpgsqlDataReader r, CancellationToken cancel)
        {
            while (await r.ReadAsync(cancel))
                _firstWords[r.GetInt64(0)] = (MaybeAt(r, 1), MaybeAt(r, 2), MaybeDate(r, 3));
        }

        public async Task ReadStandingAsync(NpgsqlDataReader r, CancellationToken cancel)
        {
            await r.ReadAsync(cancel);
            _revision = r.GetInt64(0);
            var owned = Field<string[]>(r, 1);
            _owned = owned.Length == 0 ? null : [.. owned.Select(Number)];
            var keepsLicenses = r.GetBoolean(2);
            _licensed = keepsLicenses ? [.. Field<string[]>(r, 3)] : null;
        }

        public LoadedBatch Finish() => new(_revision, [.. requests.Select((asked, i) => Contact(asked, _base[i]!))]);

        private LoadedContact Contact(GateRequest asked, BaseRow row)
        {
            var request = new ContactRequest(
                asked.Person, asked.Account, row.To, asked.Mode, asked.Purpose, asked.Channel, asked.ArtificialVoice || row.CampaignImpliesArtificial(asked.Mode), asked.Relation, row.From);
            var person = asked.Person.Value;
            var mine = _attempts.Where(a => a.Id != asked.Attempt?.Value && a.Id != -asked.Notice && (a.Person == person || a.Account == asked.Account.Value || a.Fact.To == row.To)).ToList();
            var first = _firstWords.GetValueOrDefault(asked.Account.Value);
            return new LoadedContact(asked, request, row.Facts with
            {
                Attempts = [.. mine.Where(a => a.CountsAtAll).Select(a => a.Fact with { OtherPerson = a.Person != person })],
                Conversations = [.. mine.Where(a => a.Person == person && a.ConversationAt is not null)
                    .Select(a => new PastConversation(a.ConversationAt!.Value, a.Fact.Account, a.Fact.Inbound))],
                // What somebody else granted for this number is not this person's word; what anybody revoked for the number holds for the number.
                // E-mail and letters are no number's matter at all.
                Consents = [.. _consents.Where(c => c.Person == person || (c.Fact.Channel is not (Channel.Email or Channel.Letter) && (c.Person is null || c.Fact.Kind == ConsentKind.Revoked) && c.Fact.Number == row.To)).Select(c => c.Fact)],
                Holds = [.. _holds.Where(h => h.Person == person).Select(h => h.Fact)],
                InconvenientTimes = [.. _times.Where(t => t.Person == person).Select(t => t.Fact)],
                Lists = [.. _lists.Where(l => l.Person == person || (!l.Number.IsEmpty && l.Number == row.To)).Select(l => l.Fact)],
                FirstCommunicationAt = first.Spoken,
                FirstWrittenAt = first.Written,
                ValidationSentOn = first.Notice,
                OwnedNumbers = _owned,
                LicensedStates = _licensed,
            });
        }
    }

    internal static PhoneNumber Number(string e164) => PhoneNumber.TryParse(e164, out var number) ? number : default;

    internal static Instant At(NpgsqlDataReader r, int column) => Instant.FromDateTimeUtc(r.GetDateTime(column));

    internal static Instant? MaybeAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : At(r, column);

    private static LocalDate? MaybeDate(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : LocalDate.FromDateOnly(Field<DateOnly>(r, column));

    internal static long? Long(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetInt64(column);

    // A row is in memory when ReadAsync returns: reading its fields waits for nothing.
    internal static T Field<T>(NpgsqlDataReader r, int column) => r.GetFieldValue<T>(column);

    internal static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);
}
