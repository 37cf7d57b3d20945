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

    /// <summary>The processor's own API (absolute http or https), by which a saved card or bank account is charged. Null: nothing is saved, and none is offered.</summary>
    public string? ProcessorUrl { get; set; }

    /// <summary>The key of that API: a secret, from the environment or a file only. Wanted with <see cref="ProcessorUrl"/>.</summary>
    public string? ProcessorKey { get; set; }
}

internal sealed class PaymentsOptionsValidator : IValidateOptions<PaymentsOptions>
{
    public ValidateOptionsResult Validate(string? name, PaymentsOptions options)
    {
        if (options.ProcessorUrl is null)
            return ValidateOptionsResult.Success;
        var errors = new List<string>();
        if (!Uri.TryCreate(options.ProcessorUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            errors.Add("Dialer:Payments:ProcessorUrl must be an absolute http or https URL.");
        if (string.IsNullOrWhiteSpace(options.ProcessorKey))
            errors.Add("Dialer:Payments:ProcessorKey is wanted with ProcessorUrl.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
