using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Payments;

/// <summary>What is to be paid and which fields are wanted, from Pay's attributes or the Payments API's parameters.</summary>
public sealed record PaymentOrder(string Method, decimal? ChargeAmount, string Currency, bool SecurityCode, bool AskPostalCode, string? PostalCode,
    int MinPostalCodeLength, string TokenType, string BankAccountType, string Connector, string ValidCardTypes, string? Description)
{
    public bool Charges => ChargeAmount is > 0;

    public IReadOnlyList<string> Fields => Method == "ach-debit"
        ? ["bank-routing-number", "bank-account-number"]
        : [.. ((string?[])["payment-card-number", "expiration-date", SecurityCode ? "security-code" : null, AskPostalCode ? "postal-code" : null]).OfType<string>()];
}

/// <summary>The fields captured so far. Raw values never leave this class except to the processor; everybody else gets masks.</summary>
public sealed class PaymentForm(PaymentOrder order)
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public PaymentOrder Order => order;

    public IReadOnlyList<string> Missing => [.. order.Fields.Where(f => !_values.ContainsKey(f))];

    public string? CardType => _values.TryGetValue("payment-card-number", out var number) ? CardRules.Type(number) : null;

    internal string Instrument => _values.GetValueOrDefault("payment-card-number") ?? _values.GetValueOrDefault("bank-account-number") ?? string.Empty;

    /// <summary>True when digits are enough for this field without the finishing key.</summary>
    public bool IsComplete(string field, string digits) => field switch
    {
        "payment-card-number" => digits.Length >= CardRules.Length(digits),
        "expiration-date" => digits.Length >= 4,
        "security-code" => digits.Length >= (CardType == "amex" ? 4 : 3),
        "bank-routing-number" => digits.Length >= 9,
        _ => false,
    };

    /// <summary>Stores a value; or returns Twilio's ErrorType for it.</summary>
    public string? Take(string field, string digits, NodaTime.LocalDate today)
    {
        var error = digits.Length == 0 ? "input-timeout" : field switch
        {
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
            _values[field] = digits;
        return error;
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
