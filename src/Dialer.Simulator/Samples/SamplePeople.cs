using Dialer.Core.Numbers;
using NodaTime;

namespace Dialer.Simulator.Samples;

internal sealed record SamplePhone(string E164, LineType Type, string Place);

internal sealed record SamplePerson(
    string PersonNo, string First, string Last, LocalDate BirthDate, string Ssn4, string Language, string Email, string Address, SampleCity City, string Zip, IReadOnlyList<SamplePhone> Phones);

/// <summary>Makes fictional people from a seeded random source.</summary>
/// <remarks>
/// Numbers are NPA-555-XXXX with a real area code. Exchange 555 holds no subscribers' lines (it was set aside for directory assistance and information numbers), so no number here is a person's;
/// 555-0100 to 555-0199, the block kept for fiction, has too few numbers for thousands of people. 555-1212 is left out. The simulated network dials none of them for real in any case.
/// </remarks>
internal sealed class SamplePeople(Random random, LocalDate asOf)
{
    private const int LinesInExchange = 10_000;
    private const int Step = 7_919; // a prime: walks through all lines of an exchange in an order that does not look like one

    private static readonly string[] EnglishFirst =
        ["James", "Mary", "Robert", "Patricia", "John", "Jennifer", "Michael", "Linda", "David", "Elizabeth", "William", "Barbara", "Richard", "Susan", "Joseph", "Jessica", "Thomas", "Sarah",
         "Christopher", "Karen", "Daniel", "Lisa", "Matthew", "Nancy", "Anthony", "Betty", "Mark", "Sandra", "Steven", "Ashley", "Paul", "Emily", "Andrew", "Donna", "Joshua", "Michelle", "Anne-Marie", "DeShawn"];

    private static readonly string[] EnglishLast =
        ["Smith", "Johnson", "Williams", "Brown", "Jones", "Miller", "Davis", "Wilson", "Anderson", "Thomas", "Taylor", "Moore", "Jackson", "Martin", "Lee", "Thompson", "White", "Harris", "Clark",
         "Lewis", "Robinson", "Walker", "Young", "Allen", "King", "Wright", "Scott", "Nguyen", "Hill", "Green", "Adams", "Baker", "O'Brien", "St. John", "McDonald", "Van Dyke", "Smith-Jones"];

    private static readonly string[] SpanishFirst =
        ["José", "María", "Luis", "Carmen", "Juan", "Ana", "Carlos", "Guadalupe", "Jorge", "Rosa", "Miguel", "Sofía", "Pedro", "Lucía", "Ramón", "Elena", "Andrés", "Isabel"];

    private static readonly string[] SpanishLast =
        ["García", "Rodríguez", "Martínez", "Hernández", "López", "González", "Pérez", "Sánchez", "Ramírez", "Torres", "Flores", "Rivera", "Gómez", "Díaz", "Muñoz", "Núñez", "Ortiz", "Vásquez"];

    private static readonly string[] Streets =
        ["Main St", "Oak Ave", "Maple Dr", "Cedar Ln", "Park Ave", "Washington Blvd", "Lake St", "Hill Rd", "Walnut St", "Second St", "Church St", "Elm St"];

    private readonly Dictionary<int, int> _given = [];
    private int _people;
    private SamplePhone? _household;

    public SamplePerson Next()
    {
        var spanish = random.NextDouble() < 0.13;
        var first = Pick(spanish ? SpanishFirst : EnglishFirst);
        var last = Pick(spanish ? SpanishLast : EnglishLast);
        var city = Pick(SampleCity.All);
        var number = ++_people;
        var address = $"{random.Next(1, 9999)} {Pick(Streets)}" + (random.NextDouble() < 0.25 ? $", Apt {random.Next(1, 40)}" : "");
        return new SamplePerson(
            $"P{number:0000000}", first, last, asOf.PlusDays(-random.Next(19 * 365, 85 * 365)), random.Next(0, 10_000).ToString("0000"), spanish ? "es" : "en",
            random.NextDouble() < 0.6 ? $"person{number}@example.com" : "", address, city, Pick(city.Zips), Phones(city));
    }

    private List<SamplePhone> Phones(SampleCity city)
    {
        var chance = random.NextDouble();
        var phones = new List<SamplePhone> { Phone(city, LineType.Wireless, "personal", 0.62) };
        if (chance > 0.55)
            phones.Add(Phone(city, LineType.Landline, "home", 0.7));
        if (chance > 0.85)
            phones.Add(Phone(city, LineType.Voip, "work", 0.5));
        if (_household is { } shared && random.NextDouble() < 0.02)
            phones.Add(shared); // two people of one household under one number
        _household = phones.Find(phone => phone.Type == LineType.Landline);
        return phones;
    }

    private SamplePhone Phone(SampleCity city, LineType usual, string place, double usually)
    {
        var moved = usual == LineType.Wireless && random.NextDouble() < 0.08; // kept their mobile number when they moved
        var areaCode = Pick(moved ? Pick(SampleCity.All).AreaCodes : city.AreaCodes);
        var type = random.NextDouble() < usually ? usual : (LineType)random.Next((int)LineType.Wireless, (int)LineType.Voip + 1);
        return new SamplePhone($"+1{areaCode}555{NextLine(areaCode):0000}", type, place);
    }

    private int NextLine(int areaCode)
    {
        var given = _given.GetValueOrDefault(areaCode);
        var line = (areaCode * 31 + given * Step) % LinesInExchange;
        if (line == 1212)
            line = (areaCode * 31 + ++given * Step) % LinesInExchange;
        _given[areaCode] = given + 1;
        return line;
    }

    private T Pick<T>(T[] items) => items[random.Next(items.Length)];
}
