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

/// <summary>E-mail. Every mail says how to end them (12 CFR 1006.6(e)).</summary>
public sealed class EmailNotices(MailServer server) : INoticeSender
{
    public bool Takes(string channel) => channel == "Email" && server.Named;

    public async Task SendAsync(OutgoingNotice notice, CancellationToken cancel)
    {
        using var mail = new MailMessage { Subject = notice.Subject, Body = notice.Body };
        mail.To.Add(new MailAddress(notice.Email!, notice.Name));
        await server.SendAsync(mail, $"notice-{notice.Id}", cancel);
    }
}

/// <summary>One JSON file a notice, written whole and then named, for a letter shop to take; a repeat overwrites itself.</summary>
public sealed class FolderNotices(IOptions<PaymentsOptions> options, MailServer server) : INoticeSender
{
    public bool Takes(string channel) => options.Value.LetterFolder is not null && (channel == "Letter" || !server.Named);

    public async Task SendAsync(OutgoingNotice notice, CancellationToken cancel)
    {
        var folder = Directory.CreateDirectory(options.Value.LetterFolder!).FullName;
        var path = Path.Combine(folder, $"notice-{notice.Id}.json");
        await File.WriteAllTextAsync(path + ".part", JsonSerializer.Serialize(notice, ApiJson.Options), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancel);
        File.Move(path + ".part", path, overwrite: true);
    }
}
