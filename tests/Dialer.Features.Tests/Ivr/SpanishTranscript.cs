using System.Text;
using Dialer.Features.Tests.Dialing;

namespace Dialer.Features.Tests.Ivr;

/// <summary>A scripted Spanish-speaking caller pays on the network; what both sides did is the document <c>src/docs/ivr-spanish-payment.md</c>.</summary>
public sealed class SpanishTranscript(DialingWorld world) : IClassFixture<DialingWorld>
{
    private const string Command = "DIALER_WRITE_TRANSCRIPT=1 dotnet test tests/Dialer.Features.Tests --filter FullyQualifiedName~SpanishTranscript";

    [Fact]
    public async Task A_whole_payment_in_Spanish_reads_as_the_committed_transcript()
    {
        using var network = new CallerNetwork(world, seed: 31);
        // The network draws its chances from the number, so the number is always the same one.
        var debtor = (await network.Debtors.AddDebtorAsync(language: "es")) with { E164 = "+14045559042" };
        await world.ExecuteAsync("update phone set e164 = @E164 where person_id = @PersonId", debtor);
        var sid = await network.CallOutAsync(
            debtor,
            "waits for 'oprima 1', presses 1, waits for 'código postal', presses 30301, waits for 'fecha de nacimiento', presses 02291980, waits for 'pagar ahora', presses 1, waits for 'otra cantidad, oprima 3', presses 3, "
            + "waits for 'tecla numeral', presses 125*50#, waits for 'tarjeta de crédito', presses 1, waits for 'Si acepta', presses 1, waits for 'número de su tarjeta', presses 4242424242424242, "
            + "waits for 'fecha de vencimiento', presses 1230, waits for 'código de seguridad', presses 123, waits for 'código postal', presses 30301#, waits for 'Recibimos su pago', waits for 'qué tan fácil', presses 5, waits 20 s");
        await network.RunAsync(600);

        (await world.OneAsync<decimal>("select amount from payment where person_id = @PersonId and state = 'Captured'", debtor)).ShouldBe(125.50m);
        (await world.OneAsync<short>("select score from survey_answer where attempt_id = (select attempt_id from attempt where sid = @sid)", new { sid })).ShouldBe((short)5);
        var text = Write(network, sid);
        var committed = Path.Combine(Root(), "src", "docs", "ivr-spanish-payment.md");
        if (Environment.GetEnvironmentVariable("DIALER_WRITE_TRANSCRIPT") == "1")
            await File.WriteAllTextAsync(committed, text);
        (await File.ReadAllTextAsync(committed)).ShouldBe(text, $"write it anew with: {Command}");
    }

    private static string Write(CallerNetwork network, string sid)
    {
        var text = new StringBuilder()
            .Append("# A payment by telephone, in Spanish\n\n")
            .Append("What a scripted caller heard and pressed on the simulated network, by the network's own account, with the service's real webhooks, database and templates. ")
            .Append("Keys pressed while the card is taken are `*` in the network's book too. Written by the test that compares it:\n\n```\n").Append(Command).Append("\n```\n\n| s | who | what |\n|---:|---|---|\n");
        var start = (DateTimeOffset?)null;
        var keys = new StringBuilder();
        var pressedAt = 0.0;
        void Keys()
        {
            if (keys.Length > 0)
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {pressedAt:0} | caller | presses `{keys}` |\n");
            keys.Clear();
        }

        foreach (var line in network.Lines.Where(line => line["call"]?.GetValue<string>() == sid))
        {
            var at = DateTimeOffset.Parse(line["at"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
            var kind = line["kind"]!.GetValue<string>();
            if (kind == "answered")
                start = at;
            if (start is not { } began)
                continue;
            var second = (at - began).TotalSeconds;
            if (kind == "key")
            {
                if (keys.Length == 0)
                    pressedAt = second;
                keys.Append(line["key"]!.GetValue<string>());
                continue;
            }

            var (who, what) = kind switch
            {
                "heard" when line["what"]!.GetValue<string>() == "say" => ("service", line["text"]!.GetValue<string>()),
                "said" => ("caller", $"«{line["text"]!.GetValue<string>()}»"),
                "charge" => ("processor", $"charges {line["amount"]} {line["currency"]}"),
                "completed" => ("network", "the call is over"),
                _ => ("", ""),
            };
            if (what.Length == 0)
                continue;
            Keys();
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {second:0} | {who} | {what.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }

        return text.ToString();
    }

    internal static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dialer.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The repository's root was not found above the tests.");
    }
}
