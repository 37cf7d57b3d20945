using System.Security.Cryptography;
using Dialer.Simulator.Audit;
using NodaTime;

namespace Dialer.Simulator.Tests;

public class DeterminismTests
{
    private static async Task<(string Hash, string Text, ToyDialer Toy)> Morning(long seed)
    {
        var ledger = new MemoryStream();
        var toy = new ToyDialer(seed, agents: 8, lines: 2, ledger, Instant.FromUtc(2026, 3, 3, 18, 0));
        await toy.Virtual.RunForAsync(1800);
        toy.Virtual.Network.Ledger.Flush();
        return (Convert.ToHexString(SHA256.HashData(ledger.ToArray())), System.Text.Encoding.UTF8.GetString(ledger.ToArray()), toy);
    }

    [Fact]
    public async Task The_same_seed_gives_the_byte_identical_ledger_and_another_seed_does_not()
    {
        var (first, text, toy) = await Morning(11);
        var (second, _, again) = await Morning(11);
        var (other, _, third) = await Morning(12);
        using (toy)
        using (again)
        using (third)
        {
            second.ShouldBe(first);
            other.ShouldNotBe(first);
            toy.Disposed.ShouldBeGreaterThan(20, "the agents of half an hour talked, wrapped up and disposed");
            var report = Auditor.Run(Lines.Read(new StringReader(text)), Lines.Empty, new AuditLimits { CallsPerSecond = 61 });
            report.Violations.Where(v => v.Invariant is "I1" or "I2" or "I9" or "I14" or "I15").ShouldBeEmpty();
        }
    }

    [Fact]
    public void Softphone_tokens_are_checked_as_the_sdk_would()
    {
        using var world = new World();
        var phones = world.Network.Softphones;
        var application = world.Post("Applications", ("VoiceUrl", World.Base + "/agent")).Json!["sid"]!.GetValue<string>();
        phones.Connect("nonsense", []).ErrorCode.ShouldBe(31204);
        phones.Connect(Tokens.Voice("anna", application, world.Virtual.Now, secret: "other"), []).ErrorCode.ShouldBe(31202);
        phones.Connect(Tokens.Voice("anna", application, world.Virtual.Now - Duration.FromHours(2)), []).ErrorCode.ShouldBe(31205);
        phones.Connect(Tokens.Voice("anna", application, world.Virtual.Now, seconds: 90_000), []).ErrorCode.ShouldBe(31207);
        phones.Connect(Tokens.Voice("anna", "APnone", world.Virtual.Now), []).ErrorCode.ShouldBe(21218);
    }

    [Fact]
    public async Task A_softphone_asks_its_application_as_the_sdk_does()
    {
        using var world = new World().Document("/agent", "<Response><Pause length=\"60\"/></Response>");
        var application = world.Post("Applications", ("VoiceUrl", World.Base + "/agent")).Json!["sid"]!.GetValue<string>();
        var (call, _, _) = world.Network.Softphones.Connect(Tokens.Voice("anna", application, world.Virtual.Now), [new("session", "s1"), new("To", "")]);
        call.ShouldNotBeNull();
        await world.Run(5);
        var asked = world.At("/agent").ShouldHaveSingleItem();
        (asked["From"], asked["Caller"], asked["To"], asked["ApplicationSid"], asked["Direction"], asked["CallStatus"], asked["session"])
            .ShouldBe(("client:anna", "client:anna", "", application, "inbound", "ringing", "s1"));
        asked.Fields.Has("CallToken").ShouldBeTrue();
    }
}
