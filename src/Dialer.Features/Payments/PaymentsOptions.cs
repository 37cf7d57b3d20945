using Microsoft.Extensions.Options;

namespace Dialer.Features.Payments;

/// <summary>Bound from the section <c>Dialer:Payments</c>.</summary>
public sealed class PaymentsOptions
{
    public const string Section = "Dialer:Payments";

    /// <summary>The folder into which the processor's files are put (CSV, one period each); looked at once an hour. Null: files only come by the API.</summary>
    public string? ProcessorFolder { get; set; }

    /// <summary>The folder that the letter shop empties: one JSON file a letter. E-mails go there too while no mail server is named. Null: what would go there waits.</summary>
    public string? LetterFolder { get; set; }

    /// <summary>The mail server for receipts. Null: none.</summary>
    public string? SmtpHost { get; set; }

    /// <summary>1-65535; 587 is the submission port.</summary>
    public int SmtpPort { get; set; } = 587;

    /// <summary>Encrypt the connection (STARTTLS). Off only for a relay on the same machine.</summary>
    public bool SmtpTls { get; set; } = true;

    public string? SmtpUser { get; set; }

    public string? SmtpPassword { get; set; }

    /// <summary>The sender's address.</summary>
    public string SmtpFrom { get; set; } = "no-reply@localhost";
}

internal sealed class PaymentsOptionsValidator : IValidateOptions<PaymentsOptions>
{
    public ValidateOptionsResult Validate(string? name, PaymentsOptions options)
    {
        var errors = new List<string>();
        if (options.SmtpPort is < 1 or > 65535)
            errors.Add("Dialer:Payments:SmtpPort must be from 1 to 65535.");
        if (options.SmtpHost is not null && !System.Net.Mail.MailAddress.TryCreate(options.SmtpFrom, out _))
            errors.Add("Dialer:Payments:SmtpFrom must be an e-mail address.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
