using System.Net;
using System.Net.Mail;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Payments;

/// <summary>One notice ready to leave. <paramref name="Id"/> is stable over repeats, so that a receiver can see a second copy for what it is.</summary>
public sealed record OutgoingNotice(long Id, string Channel, string Name, string? Email, IReadOnlyList<string> Address, string Subject, string Body);

/// <summary>A way out of the house for notices.</summary>
public interface INoticeSender
{
    bool Takes(string channel);

    /// <summary>Hands the notice over. Throws when it could not: it comes again later.</summary>
    Task SendAsync(OutgoingNotice notice, CancellationToken cancel);
}

/// <summary>E-mail through a mail server. Every mail says how to end them (12 CFR 1006.6(e)).</summary>
public sealed class SmtpNotices(IOptions<PaymentsOptions> options) : INoticeSender
{
    public bool Takes(string channel) => channel == "Email" && options.Value.SmtpHost is not null;

    public async Task SendAsync(OutgoingNotice notice, CancellationToken cancel)
    {
        var settings = options.Value;
        using var client = new SmtpClient(settings.SmtpHost, settings.SmtpPort) { EnableSsl = settings.SmtpTls };
        if (settings.SmtpUser is not null)
            client.Credentials = new NetworkCredential(settings.SmtpUser, settings.SmtpPassword);
        using var mail = new MailMessage(new MailAddress(settings.SmtpFrom), new MailAddress(notice.Email!, notice.Name))
        {
            Subject = notice.Subject, Body = notice.Body, BodyEncoding = Encoding.UTF8, SubjectEncoding = Encoding.UTF8,
        };
        mail.Headers.Add("Message-ID", $"<notice-{notice.Id}@{new MailAddress(settings.SmtpFrom).Host}>");
        await client.SendMailAsync(mail, cancel);
    }
}

/// <summary>One JSON file a notice, written whole and then named, for a letter shop to take; a repeat overwrites itself.</summary>
public sealed class FolderNotices(IOptions<PaymentsOptions> options) : INoticeSender
{
    public bool Takes(string channel) => options.Value.LetterFolder is not null && (channel == "Letter" || options.Value.SmtpHost is null);

    public async Task SendAsync(OutgoingNotice notice, CancellationToken cancel)
    {
        var folder = Directory.CreateDirectory(options.Value.LetterFolder!).FullName;
        var path = Path.Combine(folder, $"notice-{notice.Id}.json");
        await File.WriteAllTextAsync(path + ".part", JsonSerializer.Serialize(notice, ApiJson.Options), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancel);
        File.Move(path + ".part", path, overwrite: true);
    }
}
