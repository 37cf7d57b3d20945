using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodaTime;

namespace Dialer.Simulator.Samples;

/// <summary>What a generated placement holds. Wrong rows are counted by the error code that a correct import gives them.</summary>
public sealed record SampleSummary(int Rows, int People, int Phones, int Repeated, decimal Balance, IReadOnlyDictionary<string, int> WrongByCode)
{
    public int Wrong => WrongByCode.Values.Sum();
}

/// <param name="PlacementCsv">The client's file: UTF-8, comma, LF, one header line.</param>
/// <param name="PeopleJsonLines">For the simulated network: who answers at each number and what they know about themselves, one JSON object a line.</param>
public sealed record SampleFiles(string PlacementCsv, string PeopleJsonLines, SampleSummary Summary);

/// <summary>A fictional placement file and the people in it. The same seed, count and day always give the same bytes.</summary>
public static class SamplePlacement
{
    public const int DefaultCount = 5_000;

    private const string Header =
        "client_account_no,client_person_no,first_name,last_name,birth_date,ssn4,email,language,address,city,state,zip," +
        "phone1,phone1_type,phone1_place,phone2,phone2_type,phone2_place,phone3,phone3_type,phone3_place,phone4,phone4_type,phone4_place," +
        "artificial_voice_consent,creditor,product,currency,balance,bucket_current,bucket_30,bucket_60,bucket_90,bucket_120,bucket_older,minimum_payment,oldest_due_on,placed_on";

    private const int PhoneSlots = 4;
    private static readonly LocalDate DefaultDay = new(2026, 1, 2);

    private static readonly (string Creditor, string Product)[] Creditors =
    [
        ("Northlake Credit Union", "Credit card"), ("Harbor Auto Finance", "Auto loan"), ("Cedar Telecom", "Mobile"), ("Bluestem Energy", "Utility"),
        ("Riverside Medical Group", "Medical"), ("Marlow, Finch & Co", "Personal loan"), ("The \"Corner\" Store", "Store card"),
    ];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="seed">Chooses the world.</param>
    /// <param name="count">Rows in the file, wrong and repeated ones included.</param>
    public static SampleFiles Generate(int seed, int count = DefaultCount) => Generate(seed, count, DefaultDay);

    /// <param name="seed">Chooses the world.</param>
    /// <param name="count">Rows in the file, wrong and repeated ones included.</param>
    /// <param name="asOf">The day of the placement; every other date lies before it.</param>
    public static SampleFiles Generate(int seed, int count, LocalDate asOf)
    {
        using var placement = new StringWriter { NewLine = "\n" };
        using var people = new StringWriter { NewLine = "\n" };
        var summary = Write(seed, count, asOf, placement, people);
        return new SampleFiles(placement.ToString(), people.ToString(), summary);
    }

    /// <summary>As <see cref="Generate(int, int, LocalDate)"/>, in constant memory.</summary>
    /// <param name="clean">No wrong and no repeated rows.</param>
    public static SampleSummary Write(int seed, int count, LocalDate asOf, TextWriter placement, TextWriter people, bool clean = false)
    {
        var random = new Random(seed);
        var crowd = new SamplePeople(random, asOf);
        var wrong = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int rows = 0, persons = 0, phones = 0, repeated = 0;
        decimal balance = 0;
        placement.Write(Header + "\n");
        while (rows < count)
        {
            var person = crowd.Next();
            persons++;
            decimal owed = 0;
            for (var debts = Debts(random); debts > 0 && rows < count; debts--)
            {
                var account = SampleAccount.Make(random, rows + 1, asOf, Creditors[random.Next(Creditors.Length)]);
                var cells = Cells(person, account, random);
                if (random.NextDouble() < 0.02 && rows + 1 < count && !clean)
                {
                    var code = SampleFaults.Spoil(random, cells, out var line, out var original);
                    wrong[code] = wrong.GetValueOrDefault(code) + 1;
                    if (original)
                    {
                        WriteRow(placement, cells);
                        rows++;
                        (owed, balance) = (owed + account.Balance, balance + account.Balance);
                    }

                    placement.Write(line + "\n");
                    rows++;
                    continue;
                }

                WriteRow(placement, cells);
                rows++;
                (owed, balance) = (owed + account.Balance, balance + account.Balance);
                if (random.NextDouble() >= 0.002 || rows == count || clean)
                    continue;
                WriteRow(placement, cells);
                rows++;
                repeated++;
            }

            foreach (var phone in person.Phones)
                people.Write(PersonLine(person, phone, owed) + "\n");
            phones += person.Phones.Count;
        }

        return new SampleSummary(rows, persons, phones, repeated, balance, wrong);
    }

    private static int Debts(Random random) => random.NextDouble() switch { < 0.75 => 1, < 0.95 => 2, _ => 3 };

    private static string[] Cells(SamplePerson person, SampleAccount account, Random random)
    {
        var cells = new List<string>
        {
            account.Number, person.PersonNo, person.First, person.Last, Day(person.BirthDate), person.Ssn4, person.Email, person.Language, person.Address, person.City.Name, person.City.State,
            person.Zip,
        };
        for (var i = 0; i < PhoneSlots; i++)
        {
            var phone = i < person.Phones.Count ? person.Phones[i] : null;
            cells.AddRange(phone is null ? ["", "", ""] : [Written(phone.E164, random), phone.Type.ToString().ToLowerInvariant(), phone.Place]);
        }

        cells.Add(random.NextDouble() switch { < 0.88 => "yes", < 0.96 => "no", _ => "" });
        cells.AddRange([account.Creditor, account.Product, "USD", Money(account.Balance), .. account.Buckets.Select(Money), Money(account.MinimumPayment), Day(account.OldestDueOn), Day(account.PlacedOn)]);
        return [.. cells];
    }

    /// <summary>Senders write the same number in several ways.</summary>
    private static string Written(string e164, Random random) => random.Next(4) switch
    {
        0 => e164,
        1 => $"({e164[2..5]}) {e164[5..8]}-{e164[8..]}",
        2 => $"{e164[2..5]}-{e164[5..8]}-{e164[8..]}",
        _ => e164[2..],
    };

    private static string PersonLine(SamplePerson person, SamplePhone phone, decimal owed) => JsonSerializer.Serialize(
        new
        {
            phone.E164,
            Name = new { person.First, person.Last },
            person.Zip,
            BirthDate = Day(person.BirthDate),
            person.Ssn4,
            person.Language,
            LineType = phone.Type.ToString().ToLowerInvariant(),
            Balance = owed,
        },
        Json);

    internal static string Line(IEnumerable<string> cells)
    {
        var line = new StringBuilder(400);
        foreach (var cell in cells)
        {
            if (line.Length > 0)
                line.Append(',');
            if (cell.AsSpan().IndexOfAny(",\"\n") >= 0)
                line.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            else
                line.Append(cell);
        }

        return line.ToString();
    }

    private static void WriteRow(TextWriter placement, string[] cells) => placement.Write(Line(cells) + "\n");

    private static string Money(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Day(LocalDate date) => date.ToDateOnly().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
