using System.Text;
using Dapper;
using Dialer.Features.Accounts;
using Dialer.Features.Imports;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Tests.Imports;

/// <summary>A client of its own on a shared test database, and the sender's and the reader's moves in a few words.</summary>
internal sealed class ImportedFile(TestDatabase database)
{
    public const string Header = "client_account_no,client_person_no,first_name,last_name,birth_date,ssn4,state,zip,phone1,phone1_type,artificial_voice_consent,creditor,balance,bucket_current,bucket_30,placed_on";

    public string Client { get; } = $"C{Guid.NewGuid():N}"[..20];

    public DateTimeOffset Now { get; set; } = new(2026, 3, 2, 15, 0, 0, TimeSpan.Zero);

    public ImportsOptions Options { get; } = new();

    public static string Row(
        string account, string person = "", string first = "Ann", string last = "Lee", string birth = "1980-04-05", string ssn4 = "1234", string state = "NY", string zip = "10001",
        string phone = "212-555-0101", string type = "wireless", string consent = "yes", string balance = "100.00", string current = "40", string days30 = "60", string placed = "2026-02-01") =>
        $"{account},{(person.Length > 0 ? person : "P" + account)},{first},{last},{birth},{ssn4},{state},{zip},{phone},{type},{consent},Harbor Bank,{balance},{current},{days30},{placed}";

    public static string File(params string[] rows) => Header + "\n" + string.Join("\n", rows) + "\n";

    public async Task<ImportReport> ImportAsync(string text, ImportRequest? how = null, TextWriter? rejects = null) => await ImportAsync(Encoding.UTF8.GetBytes(text), how, rejects);

    public async Task<ImportReport> ImportAsync(byte[] bytes, ImportRequest? how = null, TextWriter? rejects = null)
    {
        await EnsureClientAsync();
        using var stream = new MemoryStream(bytes);
        return await Importer().RunAsync(stream, (how ?? new ImportRequest(Client, "placement.csv", "tester")) with { ClientCode = Client }, rejects, progress: null, CancellationToken.None);
    }

    public Task EnsureClientAsync() =>
        new Clients(database.Database, Clock()).EnsureAsync(new Client(Client, "Harbor Bank", "Harbor", "+12125550100"), CancellationToken.None);

    public ImportFile Importer() => new(database.Database, Microsoft.Extensions.Options.Options.Create(Options), Clock());

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = await database.Database.OpenAsync(CancellationToken.None);
        return await connection.ExecuteScalarAsync<T>(sql, new { Client });
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql) => await database.Database.QueryAsync<T>(sql, new { Client }, CancellationToken.None);

    public Task<long> AccountsAsync() => ScalarAsync<long>("select count(*) from account join client c using (client_id) where c.code = @Client");

    private FixedClock Clock() => new(Now);

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
