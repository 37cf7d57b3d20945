namespace Dialer.Features.Payments;

/// <summary>Bound from the section <c>Dialer:Payments</c>.</summary>
public sealed class PaymentsOptions
{
    public const string Section = "Dialer:Payments";

    /// <summary>The folder into which the processor's files are put (CSV, one period each); looked at once an hour. Null: files only come by the API.</summary>
    public string? ProcessorFolder { get; set; }

    /// <summary>The folder that the letter shop empties: one JSON file a letter. E-mails go there too while no mail server is named. Null: what would go there waits.</summary>
    public string? LetterFolder { get; set; }
}
