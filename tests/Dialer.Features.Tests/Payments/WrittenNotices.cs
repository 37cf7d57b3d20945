using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Dialer.Core.Ivr;
using Dialer.Features.Payments;
using Dialer.Features.Tests.Ivr;
using Dialer.Twilio.Twiml;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Payments;

/// <summary>Receipts leave by letter or by e-mail, each once, in the customer's language.</summary>
public sealed class WrittenNotices(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private readonly IvrWorld _world = new(database.Database);
    private readonly string _folder = Directory.CreateTempSubdirectory("notices-").FullName;

    [Fact]
    public async Task A_receipt_goes_by_letter_to_those_who_did_not_agree_to_e_mail()
    {
        var debtor = await PaidAsync("es");
        await _world.Database.ExecuteAsync("update person set address = '12 Elm St', city = 'Atlanta', state = 'GA', email = 'maria@example.com' where person_id = @PersonId", debtor, default);
        (await SendAsync(new PaymentsOptions { LetterFolder = _folder })).ShouldBe(1);
        (await SendAsync(new PaymentsOptions { LetterFolder = _folder })).ShouldBe(0);
        var letter = JsonNode.Parse(await File.ReadAllTextAsync(Directory.GetFiles(_folder).ShouldHaveSingleItem()))!;
        letter["channel"]!.GetValue<string>().ShouldBe("Letter");
        letter["body"]!.GetValue<string>().ShouldContain("Recibimos su pago de $340.25 a Acme Broadband");
        letter["body"]!.GetValue<string>().ShouldNotContain("{");
        letter["address"]!.AsArray().Select(line => line!.GetValue<string>()).ShouldBe(["12 Elm St", "Atlanta GA 30301"]);
    }

    [Fact]
    public async Task A_receipt_goes_by_e_mail_to_those_who_agreed_and_comes_again_when_the_server_was_down()
    {
        var debtor = await PaidAsync("en", "maria@example.com");
        using var server = new MailServer();
        var options = new PaymentsOptions { SmtpHost = "127.0.0.1", SmtpPort = server.Port, SmtpTls = false, SmtpFrom = "receipts@example.com" };
        (await SendAsync(new PaymentsOptions { SmtpHost = "127.0.0.1", SmtpPort = MailServer.ClosedPort(), SmtpTls = false, SmtpFrom = "receipts@example.com" })).ShouldBe(0);
        (await StateAsync(debtor)).ShouldBe("Queued 1");
        _world.Now += Duration.FromMinutes(2);
        (await SendAsync(options)).ShouldBe(1);
        (await StateAsync(debtor)).ShouldBe("Sent 2");
        var mail = await server.ReceivedAsync();
        mail.ShouldContain("maria@example.com");
        mail.ShouldContain($"Message-ID: <notice-");
        var body = Encoding.UTF8.GetString(Convert.FromBase64String(mail[(mail.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Split("\r\n.\r\n")[0].ReplaceLineEndings("")));
        body.ShouldContain("we received your payment of $340.25 to Acme Broadband");
        body.ShouldContain("STOP");
    }

    [Fact]
    public async Task E_mail_that_was_withdrawn_is_a_letter_again_and_nothing_leaves_without_a_way_out()
    {
        var debtor = await PaidAsync("en", "maria@example.com", withdrawn: true);
        (await SendAsync(new PaymentsOptions())).ShouldBe(0);
        (await _world.OneAsync<string>("select channel || ' ' || state from customer_notice where person_id = @PersonId", debtor)).ShouldBe("Letter Queued");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<Debtor> PaidAsync(string language, string? email = null, bool withdrawn = false)
    {
        var debtor = await _world.AddDebtorAsync(language: language);
        if (email is not null)
        {
            await _world.Database.ExecuteAsync("update person set email = @email where person_id = @PersonId", new { email, debtor.PersonId }, default);
            foreach (var kind in withdrawn ? new[] { "Granted", "Revoked" } : ["Granted"])
                await _world.Database.ExecuteAsync(
                    "insert into consent_event (at, person_id, e164, channel, kind, scope, source, recorded_by) values (@Now, @PersonId, @E164, 'Email', @kind, 'All', 'agent', 'test')",
                    new { _world.Now, debtor.PersonId, debtor.E164, kind }, default);
        }

        var caller = await (await _world.CallAsync(debtor)).PressAsync("1");
        await caller.VerifyAsync();
        await caller.PressAsync("1", "1", "1", "1");
        await caller.PayEndsAsync(PaymentResult.Captured, "A7");
        return debtor;
    }

    private Task<string> StateAsync(Debtor debtor) => _world.OneAsync<string>("select state || ' ' || tries from customer_notice where person_id = @PersonId", debtor);

    private Task<int> SendAsync(PaymentsOptions settings)
    {
        var options = Options.Create(settings);
        return new SendNotices(
            _world.Database, new NoticeWords(Options.Create(new TemplateOptions())), [new SmtpNotices(options), new FolderNotices(options)], new FixedTime(_world.Now), NullLogger<SendNotices>.Instance)
            .RunAsync(CancellationToken.None);
    }

    /// <summary>A mail server that takes one mail and keeps it.</summary>
    private sealed class MailServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task<string> _mail;

        public MailServer()
        {
            _listener.Start();
            _mail = TakeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public static int ClosedPort()
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        public Task<string> ReceivedAsync() => _mail.WaitAsync(TimeSpan.FromSeconds(20));

        public void Dispose() => _listener.Dispose();

        private async Task<string> TakeAsync()
        {
            using var client = await _listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.Latin1);
            await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 test");
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("DATA", StringComparison.Ordinal))
                {
                    await writer.WriteLineAsync("354 go on");
                    var mail = new StringBuilder();
                    while (await reader.ReadLineAsync() is { } text && text != ".")
                        mail.Append(text).Append("\r\n");
                    await writer.WriteLineAsync("250 kept");
                    return mail.Append(".\r\n").ToString();
                }

                await writer.WriteLineAsync("250 ok");
            }

            return "";
        }
    }
}
