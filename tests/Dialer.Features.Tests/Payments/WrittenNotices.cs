using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Dialer.Core.Compliance;
using Dialer.Core.Ivr;
using Dialer.Core.Payments;
using Dialer.Features.Compliance;
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
        (await SendAsync(MailReceiver.None, _folder)).ShouldBe(1);
        (await SendAsync(MailReceiver.None, _folder)).ShouldBe(0);
        var letter = JsonNode.Parse(await File.ReadAllTextAsync(Directory.GetFiles(_folder).ShouldHaveSingleItem()))!;
        letter["channel"]!.GetValue<string>().ShouldBe("Letter");
        letter["body"]!.GetValue<string>().ShouldContain("Recibimos su pago de $340.25 a Acme Broadband");
        letter["body"]!.GetValue<string>().ShouldNotContain("{");
        var receipt = ReceiptNumber.Of(await _world.OneAsync<long>("select payment_id from payment where person_id = @PersonId", debtor));
        letter["body"]!.GetValue<string>().ShouldContain($"Número de recibo: {receipt}");
        var heard = XDocument.Parse(await _world.OneAsync<string>("select response from ivr_step join payment using (attempt_id) where person_id = @PersonId and step = 'pay-done'", debtor));
        heard.Descendants("say-as").Select(said => said.Value).ShouldBe([.. receipt.Groups, .. receipt.Groups], "said twice");
        letter["address"]!.AsArray().Select(line => line!.GetValue<string>()).ShouldBe(["12 Elm St", "Atlanta GA 30301"]);
    }

    [Fact]
    public async Task A_receipt_goes_by_e_mail_to_those_who_agreed_and_comes_again_when_the_server_was_down()
    {
        var debtor = await PaidAsync("en", "maria@example.com");
        using var receiver = new MailReceiver();
        (await SendAsync(MailReceiver.Closed())).ShouldBe(0);
        (await StateAsync(debtor)).ShouldBe("Queued 1");
        _world.Now += Duration.FromMinutes(2);
        (await SendAsync(receiver.Server)).ShouldBe(1);
        (await StateAsync(debtor)).ShouldBe("Sent 2");
        var mail = await receiver.TextAsync();
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
        (await SendAsync(MailReceiver.None)).ShouldBe(0);
        (await _world.OneAsync<string>("select channel || ' ' || state from customer_notice where person_id = @PersonId", debtor)).ShouldBe("Letter Queued");
    }

    [Fact]
    public void Words_that_give_no_way_to_opt_out_of_e_mail_stop_the_start()
    {
        var words = Path.Combine(AppContext.BaseDirectory, new TemplateOptions().Path, "en", "notices.json");
        var silent = Directory.CreateDirectory(Path.Combine(_folder, "en")).FullName;
        var text = File.ReadAllText(words);
        File.WriteAllText(Path.Combine(silent, "notices.json"), text.Replace("To stop e-mails of this kind, reply with the word STOP or call the same number.", "", StringComparison.Ordinal));

        Should.Throw<TemplateException>(() => new NoticeWords(Options.Create(new TemplateOptions { Path = _folder }))).Message.ShouldContain("Receipt may go by e-mail and gives no way to opt out");
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

    private Task<int> SendAsync(MailServer mail, string? letters = null) => new SendNotices(
        _world.Database, new ContactGate(new PolicyBook(PolicySet.Shipped), _world.Database), new NoticeWords(Options.Create(new TemplateOptions())),
        [new EmailNotices(mail), new FolderNotices(Options.Create(new PaymentsOptions { LetterFolder = letters }), mail)], new FixedTime(_world.Now), NullLogger<SendNotices>.Instance)
        .RunAsync(CancellationToken.None);
}
