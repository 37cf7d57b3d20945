using Dialer.Core.Ivr;
using Dialer.Twilio.Twiml.Lint;

namespace Dialer.Features.Tests.Ivr;

public sealed class SpanishCalls(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_whole_payment_in_Spanish_has_not_an_English_prompt_in_it()
    {
        var world = new IvrWorld(database.Database);
        var caller = await (await world.CallAsync(await world.AddDebtorAsync(language: "es"), "inbound")).PressAsync("1"); // a bank account: only when the consumer is the one who calls
        await caller.VerifyAsync();
        caller.Heard.ShouldStartWith("Este es un intento de cobrar una deuda.");
        await caller.PressAsync("1", "1", "2");
        caller.Heard.ShouldContain("usted autoriza a Northfield Services a hacer un solo débito electrónico de 340 dólares con 25 centavos");
        await caller.PressAsync("1");
        await caller.PayEndsAsync(PaymentResult.Captured, "K7Q2M9");
        caller.Heard.ShouldContain("Recibimos su pago de 340 dólares con 25 centavos a Acme Broadband.");
        await caller.HangUpAsync();
        var english = string.Join(' ', caller.Transcript).Replace("For English, press eight.", "", StringComparison.Ordinal);
        foreach (var word in new[] { "press", "please", "payment", "your", "thank" })
            english.ShouldNotContain(word, Case.Insensitive);
        (await world.OneAsync<string>("select method from payment where attempt_id = @Attempt", caller)).ShouldBe("AchDebit");
    }

    [Fact]
    public async Task A_third_language_is_one_folder_more_and_its_speakers_hear_it_at_once()
    {
        var folder = Directory.CreateTempSubdirectory("dialer-words-").FullName;
        try
        {
            var shipped = Path.Combine(AppContext.BaseDirectory, "twiml-templates");
            foreach (var file in Directory.EnumerateFiles(shipped, "*", SearchOption.AllDirectories))
            {
                var name = Path.GetRelativePath(shipped, file);
                var text = await File.ReadAllTextAsync(file);
                await WriteAsync(Path.Combine(folder, name), text);
                if (name.StartsWith("en", StringComparison.Ordinal)) // stands for a translation: another verb for the keys is enough to tell it by
                    await WriteAsync(Path.Combine(folder, "pt" + name[2..]), text.Replace("press ", "pressione ", StringComparison.Ordinal).Replace("\"press\": \"press\"", "\"press\": \"pressione\"", StringComparison.Ordinal)
                        .Replace("For English", "Para português", StringComparison.Ordinal));
            }

            var world = new IvrWorld(database.Database, words: folder);
            TemplateLint.Check(world.Templates.Current, IvrFlows.All).ShouldBeEmpty();
            var caller = await world.CallAsync(await world.AddDebtorAsync(language: "pt"));
            caller.Heard.ShouldContain("pressione 9");
            // Each language invites to the one that key 8 leads to, in that one's own words.
            caller.Heard.ShouldContain("For English, press eight.");
            await caller.PressAsync("8");
            caller.Heard.ShouldContain("Para español, oprima ocho.");
            await caller.PressAsync("8");
            caller.Heard.ShouldContain("Para português, pressione eight.");
            await caller.PressAsync("8", "1");
            await caller.VerifyAsync();
            caller.Heard.ShouldContain("To pay now, pressione 1");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task WriteAsync(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return File.WriteAllTextAsync(path, text);
    }

    [Fact]
    public async Task A_person_without_words_in_their_language_is_answered_in_the_first_one()
    {
        var world = new IvrWorld(database.Database);
        (await world.CallAsync(await world.AddDebtorAsync(language: "vi"))).Heard.ShouldStartWith("This call may be monitored or recorded. This is Northfield Services.");
    }

    [Fact]
    public async Task A_machine_hears_the_limited_content_message_and_nothing_else()
    {
        var world = new IvrWorld(database.Database);
        var caller = await world.CallAsync(await world.AddDebtorAsync(), "machine");
        caller.Heard.ShouldBe("This is Jordan Reed calling from Northfield Services. Please contact me at 800 555 0199.");
        caller.HungUp.ShouldBeTrue();
        await caller.HangUpAsync();
        (await world.OneAsync<string>("select code from disposition where attempt_id = @Attempt", caller)).ShouldBe("LM-LCM");
    }

    [Fact]
    public async Task An_abandoned_person_hears_who_called_and_can_stop_it()
    {
        var world = new IvrWorld(database.Database);
        var debtor = await world.AddDebtorAsync();
        var caller = await world.CallAsync(debtor, "abandoned");
        caller.Heard.ShouldBe("Hello. This is Northfield Services. We are sorry we missed you. Please call us at 800 555 0199. To stop these automated calls, press 9.");
        await caller.PressAsync("9");
        await caller.HangUpAsync();
        (await world.OneAsync<long>("select count(*) from consent_event where e164 = @E164 and kind = 'Revoked'", debtor)).ShouldBe(1);
        (await world.OneAsync<string>("select code from disposition where attempt_id = @Attempt", caller)).ShouldBe("IVR-OPTOUT");
    }
}
