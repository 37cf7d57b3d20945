using Dialer.Core.Compliance;
using Dialer.Core.Numbers;
using Dialer.Core.Pacing;
using NodaTime;

namespace Dialer.Core.Tests.Compliance;

/// <summary>The cases a rule book must get right, with their exact instants.</summary>
public class GoldenTests
{
    private static readonly Instant Noon = Given.At("2026-06-10 12:00");

    [Fact]
    public void Inbound_ConversationOnTuesday_StopsWednesdayButNotTheFridayTheyAskedFor()
    {
        var tuesday = Given.At("2026-06-09 10:00");
        var friday = Given.At("2026-06-12 08:01");
        var facts = Given.Facts with { Conversations = [new PastConversation(tuesday, Given.Debt, Inbound: true)] };

        facts.Decide(Given.At("2026-06-10 10:00")).Codes().ShouldContain("REGF_7DAY_AFTER_CONVERSATION");

        var agreed = facts with
        {
            Consents = [new ConsentFact(tuesday + Duration.FromMinutes(5), Channel.Voice, ConsentKind.Granted, ConsentScope.Direct, From: Given.At("2026-06-12 00:00"), Until: Given.At("2026-06-13 00:00"))],
        };
        var call = agreed.Decide(friday);
        call.Allowed.ShouldBeTrue();
        call.Exclusion.ShouldBe("DirectConsent");
        agreed.Decide(Given.At("2026-06-10 10:00")).RetryAt.ShouldBe(friday);

        var talkedOnFriday = agreed with { Conversations = agreed.Conversations.Add(new PastConversation(friday, Given.Debt)) };
        talkedOnFriday.Decide(Given.At("2026-06-13 10:00")).Codes().ShouldContain("REGF_7DAY_AFTER_CONVERSATION");
    }

    [Theory]
    [InlineData("2026-06-10 10:59:00", false, "REGF_TIME_WINDOW")]
    [InlineData("2026-06-10 11:01:00", true, null)]
    [InlineData("2026-06-10 20:58:00", true, null)]
    [InlineData("2026-06-10 20:58:01", false, "POLICY_TIME_GUARD")]
    [InlineData("2026-06-10 21:00:00", false, "REGF_TIME_WINDOW")]
    public void AreaCodeOfNewYork_WithAddressInLosAngeles_MustSuitBothCoasts(string newYorkTime, bool allowed, string? code)
    {
        var decision = Given.Facts.Decide(Given.Preview with { To = Given.NewYork }, Given.At(newYorkTime, "America/New_York"));

        decision.Allowed.ShouldBe(allowed);
        if (code is not null)
            decision.Codes().ShouldContain(code);
    }

    [Fact]
    public void KnownLocation_ReplacesEveryGuess()
    {
        var facts = Given.Facts with { Place = Given.Facts.Place with { KnownZone = Given.Zone("America/Los_Angeles"), KnownState = "CA" } };

        facts.Decide(Given.Preview with { To = Given.NewYork }, Given.At("2026-06-10 20:00")).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void KnownState_WithoutAZone_AddsItsClocks()
    {
        var facts = Given.Facts with { Place = Given.Facts.Place with { KnownState = "HI" } };

        CandidatePlaces.Of(Given.NewYork, facts.Place).Zones.Select(zone => zone.Id).ShouldContain("Pacific/Honolulu");
        facts.Decide(Given.Preview with { To = Given.NewYork }, Given.At("2026-06-10 10:00", "Pacific/Honolulu")).Codes().ShouldNotContain("REGF_TIME_WINDOW");
        facts.Decide(Given.Preview with { To = Given.NewYork }, Given.At("2026-06-10 12:00", "America/New_York")).Codes().ShouldContain("REGF_TIME_WINDOW"); // 06:00 in Honolulu
    }

    [Fact]
    public void SpringForward_HalfPastEight_IsOpen() => Given.Facts.Decide(Given.At("2026-03-08 08:30")).Allowed.ShouldBeTrue();

    [Fact]
    public void NavajoNation_AndArizona_AreTwoCandidates()
    {
        var places = CandidatePlaces.Of(PhoneNumber.Parse("+19285550123"), new PlaceFacts("AZ", "86503"));

        places.Zones.Select(z => z.Id).ShouldBe(["America/Phoenix", "America/Denver"], ignoreOrder: true);
        var facts = Given.Facts with { Place = new PlaceFacts("AZ", "86503") };
        var request = Given.Preview with { To = PhoneNumber.Parse("+19285550123") };
        facts.Decide(request, Given.At("2026-06-10 08:30", "America/Denver")).Allowed.ShouldBeFalse(); // 07:30 in Phoenix
        facts.Decide(request, Given.At("2026-06-10 20:30", "America/Phoenix")).Allowed.ShouldBeFalse(); // 21:30 on the reservation
        facts.Decide(request, Given.At("2026-06-10 12:00", "America/Phoenix")).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void CellPhone_MayBeCalledByAnAgent_ButNotByAMachineWithoutConsent()
    {
        var machine = Given.Preview with { Mode = ContactMode.Agentless };

        Given.Facts.Decide(machine, Noon).Codes().ShouldBe(["TCPA_NO_PEC_ARTIFICIAL_VOICE"]);
        Given.Facts.Decide(Noon).Allowed.ShouldBeTrue();
        (Given.Facts with { Consents = [Given.Granted(Noon - Duration.FromDays(9))] }).Decide(machine, Noon).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void Landline_GetsThreeRecordedCallsInThirtyDays_UnlessItConsented()
    {
        var machine = Given.Preview with { Mode = ContactMode.Agentless };
        var facts = Given.Facts with { Phone = Given.Facts.Phone with { Line = LineType.Landline } };
        PastAttempt Recorded(int days) => Given.Call(Noon - Duration.FromDays(days)) with { ArtificialVoice = true };

        facts.With(Recorded(10), Recorded(20)).Decide(machine, Noon).Allowed.ShouldBeTrue();
        var third = facts.With(Recorded(10), Recorded(20), Recorded(29));
        third.Decide(machine, Noon).Codes().ShouldBe(["TCPA_RES_3IN30"]);
        third.Decide(machine, Noon).RetryAt.ShouldBe(Noon + Duration.FromDays(1));
        third.Decide(Noon).Allowed.ShouldBeTrue(); // a living agent
        (third with { Consents = [Given.Granted(Noon - Duration.FromDays(40))] }).Decide(machine, Noon).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void Revocation_StopsMachinesByTheTcpa_AndAgentsByRegulationF()
    {
        var facts = Given.Facts with { Consents = [Given.Granted(Noon - Duration.FromDays(9)), new(Noon, Channel.Voice, ConsentKind.Revoked, ConsentScope.All)] };

        facts.Decide(Given.Preview with { Mode = ContactMode.Agentless }, Noon).Codes().ShouldContain("TCPA_REVOKED");
        facts.Decide(Noon).Codes().ShouldBe(["MEDIUM_OPTOUT"]);
    }

    [Fact]
    public void Revocation_OfMachinesOnly_LeavesAgents()
    {
        var facts = Given.Facts with { Consents = [new(Noon, Channel.Voice, ConsentKind.Revoked, ConsentScope.ArtificialVoice)] };

        facts.Decide(Given.Preview with { Mode = ContactMode.Agentless }, Noon).Codes().ShouldContain("TCPA_REVOKED");
        facts.Decide(Noon).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void Massachusetts_AllowsTwoCallsAWeek_EvenToTheCreditorItself()
    {
        var boston = PhoneNumber.Parse("+16175550123");
        var facts = Given.Facts with
        {
            Role = CollectorRole.FirstParty,
            Place = new PlaceFacts("MA", "02108"),
            Attempts = [Voicemail(30, boston), Voicemail(60, boston)],
        };
        var decision = facts.Decide(Given.Preview with { To = boston }, Noon);

        decision.Codes().ShouldBe(["MA_CALL_CAP"]);
        decision.Reasons.Single(r => r.Code == "MA_CALL_CAP").Basis.ShouldBe(Basis.Law);
        facts.With().Decide(Given.Preview with { To = boston }, Noon).Codes().ShouldNotContain("REGF_7IN7_ATTEMPTS");
    }

    [Fact]
    public void DistrictOfColumbia_AllowsFourCallsAWeek()
    {
        var washington = PhoneNumber.Parse("+12025550123");
        var facts = Given.Facts with { Place = new PlaceFacts("DC", "20001"), Attempts = [.. Enumerable.Range(1, 4).Select(i => Voicemail((30 * i) + 1, washington))] };

        facts.Decide(Given.Preview with { To = washington }, Noon).Codes().ShouldBe(["DC_CALL_CAP"]);
        (facts with { Attempts = facts.Attempts.RemoveAt(0) }).Decide(Given.Preview with { To = washington }, Noon).Allowed.ShouldBeTrue();
    }

    [Theory]
    [InlineData(CollectorRole.ThirdParty, true)]
    [InlineData(CollectorRole.FirstParty, false)]
    public void Washington_CountsALetterAmongThreeContactsAWeek_ForAgencies(CollectorRole role, bool denied)
    {
        var seattle = PhoneNumber.Parse("+12065550123");
        var facts = Given.Facts with
        {
            Role = role,
            Place = new PlaceFacts("WA", "98101"),
            Attempts = [Voicemail(30, seattle), Voicemail(60, seattle), new(Noon - Duration.FromDays(3), Given.Debt, default, Channel.Letter)],
        };

        facts.Decide(Given.Preview with { To = seattle }, Noon).Codes().Contains("WA_CONTACT_CAP").ShouldBe(denied);
    }

    [Theory]
    [InlineData("2026-08-31 12:00", false)]
    [InlineData("2026-09-02 12:00", true)]
    public void NewYorkCity_CountsCallsTextsAndMails_FromTheFirstOfSeptember(string local, bool denied)
    {
        var now = Given.At(local, "America/New_York");
        var facts = Given.Facts with
        {
            Role = CollectorRole.FirstParty,
            Place = new PlaceFacts("NY", "10001"),
            Attempts =
            [
                new(now - Duration.FromHours(30), Given.Debt, Given.NewYork),
                new(now - Duration.FromHours(40), Given.Debt, Given.NewYork, Channel.Sms),
                new(now - Duration.FromHours(50), Given.Debt, default, Channel.Email),
            ],
        };

        facts.Decide(Given.Preview with { To = Given.NewYork }, now).Codes().Contains("NYC_SHIELD_CAP").ShouldBe(denied);
    }

    [Fact]
    public void Florida_ExemptsEMailAtNight_ButRegulationFDoesNot()
    {
        var miami = PhoneNumber.Parse("+13055550123");
        var mail = Given.Preview with { To = miami, Channel = Channel.Email };
        var facts = Given.Facts with { Place = new PlaceFacts("FL", "33101"), Consents = [new(Noon - Duration.FromDays(9), Channel.Email, ConsentKind.Granted, ConsentScope.All)] };

        facts.Decide(mail, Given.At("2026-06-10 22:00", "America/New_York")).Codes().ShouldBe(["REGF_TIME_WINDOW"]);
    }

    [Fact]
    public void Texts_ByThirdParties_AreTheCarriersToRefuse()
    {
        var sms = Given.Preview with { Channel = Channel.Sms };

        Given.Facts.Decide(sms, Noon).Codes().ShouldContain("CARRIER_SMS_3P_DEBT");
        var first = Given.Facts with
        {
            Role = CollectorRole.FirstParty, Consents = [new(Noon - Duration.FromDays(90), Channel.Sms, ConsentKind.Granted, ConsentScope.All)],
            Lists = [new(OutsideList.ReassignedNumbers, ListAnswer.Clear, Noon - Duration.FromDays(61))],
        };
        first.Decide(sms, Noon).Codes().ShouldBe(["REGF_SMS_60D_STALE"]);
        (first with { Lists = [new(OutsideList.ReassignedNumbers, ListAnswer.Clear, Noon - Duration.FromDays(59))] }).Decide(sms, Noon).Allowed.ShouldBeTrue();
    }

    [Fact]
    public void Overshadowing_IsWarnedOf_UntilTheLastDayOfTheValidationPeriodIsOverEverywhere()
    {
        var facts = Given.Facts with { FirstCommunicationAt = Given.At("2026-05-20 12:00"), ValidationSentOn = new LocalDate(2026, 6, 1) };

        bool Warned(string local) => facts.Decide(Given.At(local)).Conditions.Any(condition => condition.Code == "NO_OVERSHADOWING");

        Warned("2026-07-08 20:30").ShouldBeTrue();
        Warned("2026-07-09 08:30").ShouldBeFalse();
        (facts with { ValidationSentOn = null }).Decide(Given.At("2026-07-08 12:00")).Conditions.ShouldNotContain(condition => condition.Code == "NO_OVERSHADOWING");
    }

    [Fact]
    public void ValidationPeriod_EndsThirtyDaysAfterAssumedReceipt()
    {
        var notice = new ValidationNotice(new LocalDate(2026, 6, 1));

        notice.AssumedReceipt.ShouldBe(new LocalDate(2026, 6, 8));
        notice.PeriodEnds.ShouldBe(new LocalDate(2026, 7, 8));
        notice.OnDispute(new LocalDate(2026, 7, 8), written: true, newYorkCity: false).ShouldBe(DisputeEffect.CeaseUntilVerified);
        notice.OnDispute(new LocalDate(2026, 7, 9), written: true, newYorkCity: false).ShouldBe(DisputeEffect.MarkDisputed);
        notice.OnDispute(new LocalDate(2026, 7, 9), written: true, newYorkCity: true).ShouldBe(DisputeEffect.CeaseUntilVerified);
        notice.OnDispute(new LocalDate(2026, 7, 1), written: false, newYorkCity: false).ShouldBe(DisputeEffect.MarkDisputed);
        ValidationNotice.OnDispute(null, new LocalDate(2026, 9, 1), written: true, newYorkCity: false).ShouldBe(DisputeEffect.CeaseUntilVerified);
    }

    [Theory]
    [InlineData(1000, 30, false)]
    [InlineData(1000, 31, true)]
    public void AbandonRate_AtThreePercent_IsTheLastThatComplies(int answered, int abandoned, bool breach) => AbandonLimit.Breached(answered, abandoned, 0.03).ShouldBe(breach);

    /// <summary>Asked of the gate that the pacing engine itself keeps.</summary>
    [Theory]
    [InlineData(32, 0, 0, false)]
    [InlineData(33, 0, 0, true)]
    [InlineData(1000, 29, 0, true)]
    [InlineData(1000, 30, 0, false)]
    [InlineData(1000, 28, 2, false)] // two of those in flight may yet be abandoned
    public void OverDialing_IsRefused_WhileOneAbandonWouldBreakTheLimit(int answered, int abandoned, int inFlight, bool may) =>
        BudgetController.Allows(new AbandonmentBudget(), new AbandonmentLedger(abandoned, answered), inFlight).ShouldBe(may);

    private static PastAttempt Voicemail(int hoursAgo, PhoneNumber to) =>
        new(Noon - Duration.FromHours(hoursAgo), Given.Debt, to, Connected: true, Place: PhonePlace.Personal);
}
