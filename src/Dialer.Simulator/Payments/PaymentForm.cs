using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Payments;

/// <summary>What is to be paid and which fields are wanted, from Pay's attributes or the Payments API's parameters.</summary>
public sealed record PaymentOrder(string Method, decimal? ChargeAmount, string Currency, bool SecurityCode, bool AskPostalCode, string? PostalCode,
    int MinPostalCodeLength, string TokenType, string BankAccountType, string Connector, string ValidCardTypes, string? Description)
{
    public const string Matcher = "-matcher";

    public const string BankAccountTypes = "consumer-checking consumer-savings commercial-checking";

    public bool Charges => ChargeAmount is > 0;

    /// <summary>Fields that the caller must key twice alike; the second time is captured as <c>field-matcher</c>.</summary>
    public IReadOnlyList<string> Twice { get; init; } = [];

    /// <summary>True when the caller is asked before the processor is.</summary>
    public bool Confirmation { get; init; }

    /// <summary>The connector's own parameters as given, a JSON object, or null.</summary>
    public string? Parameters { get; init; }

    public IReadOnlyList<string> Fields => Method == "ach-debit"
        ? ["bank-routing-number", "bank-account-number"]
        : [.. ((string?[])["payment-card-number", "expiration-date", SecurityCode ? "security-code" : null, AskPostalCode ? "postal-code" : null]).OfType<string>()];
}

/// <summary>The fields captured so far. Raw values never leave this class except to the processor; everybody else gets masks.</summary>
public sealed class PaymentForm(PaymentOrder order)
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public PaymentOrder Order => order;

    /// <summary>What is still wanted, in order; a field to be keyed twice is followed by its matcher.</summary>
    public IReadOnlyList<string> Missing => [.. order.Fields
        .SelectMany(f => order.Twice.Contains(f, StringComparer.Ordinal) ? (string[])[f, f + PaymentOrder.Matcher] : [f])
        .Where(f => !_values.ContainsKey(f))];

    public bool Has(string field) => _values.ContainsKey(field);

    public string? CardType => _values.TryGetValue("payment-card-number", out var number) ? CardRules.Type(number) : null;

    internal string Instrument => _values.GetValueOrDefault("payment-card-number") ?? _values.GetValueOrDefault("bank-account-number") ?? string.Empty;

    /// <summary>True when digits are enough for this field without the finishing key.</summary>
    public bool IsComplete(string field, string digits) => Bare(field) switch
    {
        "payment-card-number" => digits.Length >= CardRules.Length(digits),
        "expiration-date" => digits.Length >= 4,
        "security-code" => digits.Length >= (CardType == "amex" ? 4 : 3),
        "bank-routing-number" => digits.Length >= 9,
        _ => false,
    };

    /// <summary>Stores a value; or returns Twilio's ErrorType for it. A matcher that differs from its field makes both be asked for again.</summary>
    public string? Take(string field, string digits, NodaTime.LocalDate today)
    {
        if (field != Bare(field))
            return Match(field, digits);
        var error = digits.Length == 0 ? "input-timeout" : field switch
        {
            "security-code" when !Has("payment-card-number") => "invalid-card-number-security-code-capture-sequence",
            "bank-account-number" when !PaymentOrder.BankAccountTypes.Split(' ').Contains(order.BankAccountType, StringComparer.Ordinal) => "invalid-bank-account-type",
            "payment-card-number" when CardRules.Type(digits) is not { } type => "invalid-card-number",
            "payment-card-number" when !order.ValidCardTypes.Split(' ').Contains(CardRules.Type(digits), StringComparer.Ordinal) => "invalid-card-type",
            "expiration-date" when !CardRules.DateIsGood(digits, today) => "invalid-date",
            "security-code" when digits.Length != (CardType == "amex" ? 4 : 3) => "invalid-security-code",
            "postal-code" when digits.Length < Math.Max(1, order.MinPostalCodeLength) => "invalid-postal-code",
            "bank-routing-number" when !CardRules.RoutingIsGood(digits) => "invalid-bank-routing-number",
            "bank-account-number" when digits.Length is < 4 or > 17 => "invalid-bank-account-number",
            _ => null,
        };
        if (error is null)
        {
            _values[field] = digits;
            _values.Remove(field + PaymentOrder.Matcher);
        }

        return error;
    }

    /// <summary>A field's name without "-matcher".</summary>
    public static string Bare(string field) => field.EndsWith(PaymentOrder.Matcher, StringComparison.Ordinal) ? field[..^PaymentOrder.Matcher.Length] : field;

    private string? Match(string matcher, string digits)
    {
        if (digits.Length == 0)
            return "input-timeout";
        if (_values.GetValueOrDefault(Bare(matcher)) == digits)
        {
            _values[matcher] = digits;
            return null;
        }

        _values.Remove(Bare(matcher));
        return "input-matching-failed";
    }

    /// <summary>The masked fields, as action requests and callbacks carry them.</summary>
    public Form Masked()
    {
        var form = new Form().Add("PaymentMethod", order.Method);
        if (_values.TryGetValue("payment-card-number", out var card))
            form.Add("PaymentCardNumber", CardRules.MaskCard(card)).Add("PaymentCardType", CardRules.Type(card));
        if (_values.TryGetValue("expiration-date", out var date))
            form.Add("ExpirationDate", date);
        if (_values.TryGetValue("security-code", out var code))
            form.Add("SecurityCode", new string('*', code.Length));
        if ((_values.GetValueOrDefault("postal-code") ?? order.PostalCode) is { } zip && order.Method != "ach-debit")
            form.Add("PaymentCardPostalCode", zip);
        if (_values.TryGetValue("bank-routing-number", out var routing))
            form.Add("BankRoutingNumber", routing);
        if (_values.TryGetValue("bank-account-number", out var account))
            form.Add("BankAccountNumber", CardRules.MaskBank(account)).Add("BankAccountType", order.BankAccountType);
        return form;
    }
}
