using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Mail;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dialer.Features;

/// <summary>Bound from the section <c>Dialer:Mail</c>: the one mail server for notices and scheduled reports.</summary>
public sealed class MailOptions
{
    public const string Section = "Dialer:Mail";

    /// <summary>Null: nothing leaves by e-mail.</summary>
    public string? Host { get; set; }

    /// <summary>1-65535; 587 is the submission port.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>Encrypt the connection (STARTTLS). Off only for a relay on the same machine.</summary>
    public bool Tls { get; set; } = true;

    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>The sender's address.</summary>
    public string From { get; set; } = "no-reply@localhost";
}

/// <summary>Sends e-mail through the configured server.</summary>
public sealed class MailServer(IOptions<MailOptions> options)
{
    public bool Named => options.Value.Host is not null;

    /// <summary>Sends <paramref name="mail"/> from the configured address; text is UTF-8. <paramref name="id"/> is the same at each try, so that a second copy is seen for what it is.</summary>
    /// <exception cref="InvalidOperationException">No server is named.</exception>
    /// <exception cref="SmtpException">The server did not take it; it may be tried again.</exception>
    public async Task SendAsync(MailMessage mail, string id, CancellationToken cancel)
    {
        var settings = options.Value;
        using var client = new SmtpClient(settings.Host ?? throw new InvalidOperationException("No mail server is named: set Dialer__Mail__Host."), settings.Port) { EnableSsl = settings.Tls };
        if (settings.User is not null)
            client.Credentials = new NetworkCredential(settings.User, settings.Password);
        mail.From = new MailAddress(settings.From);
        mail.SubjectEncoding = mail.BodyEncoding = Encoding.UTF8;
        mail.Headers.Add("Message-ID", $"<{id}@{mail.From.Host}>");
        await client.SendMailAsync(mail, cancel);
    }
}

public static class MailServices
{
    public static IServiceCollection AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MailOptions>().Bind(configuration.GetSection(MailOptions.Section)).ValidateDataAnnotations()
            .Validate(mail => mail.Host is null || MailAddress.TryCreate(mail.From, out _), "Dialer:Mail:From must be an e-mail address.").ValidateOnStart();
        return services.AddSingleton<MailServer>();
    }
}
