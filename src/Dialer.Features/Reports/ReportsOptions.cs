using System.Net.Mail;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Reports;

/// <summary>Section <c>Dialer:Reports</c>: how scheduled reports leave the house.</summary>
public sealed class ReportsOptions
{
    public const string Section = "Dialer:Reports";

    /// <summary>The folder into which reports are written, for a client's file transfer to take. Null: none.</summary>
    public string? Folder { get; set; }

    /// <summary>The mail server. Null: no report goes by e-mail.</summary>
    public string? SmtpHost { get; set; }

    /// <summary>1-65535; 587 is the submission port.</summary>
    public int SmtpPort { get; set; } = 587;

    /// <summary>Encrypt the connection (STARTTLS). Off only for a relay on the same machine.</summary>
    public bool SmtpTls { get; set; } = true;

    public string? SmtpUser { get; set; }

    public string? SmtpPassword { get; set; }

    /// <summary>The sender's address.</summary>
    public string SmtpFrom { get; set; } = "reports@localhost";

    /// <summary>Megabytes an attachment may have; a larger report is refused in words and goes by file. Default 15.</summary>
    public int MostMegabytes { get; set; } = 15;
}

internal sealed class ReportsOptionsValidator : IValidateOptions<ReportsOptions>
{
    public ValidateOptionsResult Validate(string? name, ReportsOptions options)
    {
        var errors = new List<string>();
        if (options.SmtpPort is < 1 or > 65535)
            errors.Add("Dialer:Reports:SmtpPort must be from 1 to 65535.");
        if (options.SmtpHost is not null && !MailAddress.TryCreate(options.SmtpFrom, out _))
            errors.Add("Dialer:Reports:SmtpFrom must be an e-mail address.");
        if (options.MostMegabytes is < 1 or > 100)
            errors.Add("Dialer:Reports:MostMegabytes must be from 1 to 100.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
