using Dapper;
using Dialer.Core;
using Dialer.Core.Compliance;
using Dialer.Features.Compliance;
using NodaTime;

namespace Dialer.Features.Tests.Compliance;

public sealed class ContactGateTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly Instant Noon = ComplianceWorld.Noon;
    private readonly ComplianceWorld _world = new(database.Source);

    [Fact]
    public async Task An_ordinary_debtor_may_be_called_and_the_ledger_says_so()
    {
        var debtor = await _world.DebtorAsync();

        var result = (await _world.DecideAsync(Noon, debtor.Preview)).Single();

        result.Allowed.ShouldBeTrue();
        result.Counted.ShouldBeTrue();
        result.Decision.Conditions.Select(c => c.Code).ShouldContain("DISCLOSE_INITIAL");
        var row = await RowAsync(result.DecisionId);
        row.Verdict.ShouldBe("AllowWithConditions");
        row.FactsHash.ShouldBe(result.Decision.FactsHash);
    }

    [Fact]
    public async Task Calls_of_every_campaign_mode_and_unknown_end_count_towards_seven()
    {
        var debtor = await _world.DebtorAsync();
        string[] ends = ["NoAnswer", "Completed", "Canceled", "Failed", "NotPlaced", "NoAnswer", "Completed"];
        for (var i = 0; i < 7; i++)
            await _world.CallAsync(debtor, Noon - Duration.FromHours(30 + (15 * i)), ends[i]);

        var result = (await _world.DecideAsync(Noon, debtor.Preview)).Single();

        result.Decision.Reasons.Select(r => r.Code).ShouldContain("REGF_7IN7_ATTEMPTS");
        result.Decision.RetryAt.ShouldBe(Noon - Duration.FromHours(30 + 90) + Duration.FromHours(168));
    }

    [Fact]
    public async Task Refused_and_busy_calls_do_not_count()
    {
        var debtor = await _world.DebtorAsync();
        for (var i = 0; i < 6; i++)
            await _world.CallAsync(debtor, Noon - Duration.FromHours(30 + (15 * i)));
        await _world.CallAsync(debtor, Noon - Duration.FromHours(40), "Refused");
        await _world.CallAsync(debtor, Noon - Duration.FromHours(50), "Busy", counted: false);

        (await _world.DecideAsync(Noon, debtor.Preview)).Single().Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_repeated_denial_folds_into_one_row_that_counts()
    {
        var debtor = await _world.DebtorAsync();
        await _world.HoldAsync(debtor, "Cease");

        var first = (await _world.DecideAsync(Noon, debtor.Preview)).Single();
        var second = (await _world.DecideAsync(Noon + Duration.FromMinutes(5), debtor.Preview)).Single();

        first.Decision.Reasons.Single().Code.ShouldBe("CEASE_COMMUNICATION");
        second.DecisionId.ShouldBe(first.DecisionId);
        var row = await RowAsync(first.DecisionId);
        row.Repeats.ShouldBe(2);
        row.LastAt.ShouldBe((Noon + Duration.FromMinutes(5)).ToDateTimeUtc());
    }

    /// <summary>Two numbers that are denied in turns, all day long: one row each, and each counts.</summary>
    [Fact]
    public async Task Repeated_denials_of_several_contacts_fold_into_one_row_each()
    {
        var debtor = await _world.DebtorAsync();
        await _world.HoldAsync(debtor, "Cease");
        var contacts = new[] { debtor.Preview, debtor.Preview with { Mode = ContactMode.Manual }, debtor.Preview with { Channel = Channel.Letter } };

        for (var minute = 0; minute < 4; minute++)
        {
            foreach (var contact in contacts)
                await _world.DecideAsync(Noon + Duration.FromMinutes(minute), contact);
        }

        (await _world.Database.QueryAsync<int>("select repeats from decision where account_id = @Value", debtor.Account, default)).ShouldBe([4, 4, 4]);
    }

    [Fact]
    public async Task The_ledger_names_the_row_behind_each_reason()
    {
        var debtor = await _world.DebtorAsync();
        for (var i = 0; i < 2; i++)
            await _world.CallAsync(debtor, Noon - Duration.FromHours(5 + i));

        var decision = (await _world.DecideAsync(Noon, debtor.Preview)).Single();

        var (reasons, rows) = (await _world.Database.QueryAsync<(string, string)>(
            "select array_to_string(reasons, ' '), array_to_string(policy_rows, ' ') from decision where decision_id = @DecisionId", decision, default)).Single();
        (reasons, rows).ShouldBe(("POLICY_PERSON_CAP", "HOUSE-PERSON-DAY")); // HOUSE-PERSON-CAP reports the same code
    }

    [Fact]
    public async Task Location_information_is_asked_of_a_number_once_however_long_ago_that_was()
    {
        var debtor = await _world.DebtorAsync();
        var request = debtor.Preview with { Purpose = ContactPurpose.LocationInfo, Relation = Relation.ThirdParty };
        (await _world.DecideAsync(Noon, request)).Single().Decision.Codes().ShouldNotContain("LOCATION_INFO_ONCE");
        var call = await _world.CallAsync(debtor, Noon - Duration.FromDays(200), "Completed");
        await _world.Database.ExecuteAsync("update attempt set purpose = 'LocationInfo', answered_at = created_at where attempt_id = @call", new { call }, default);

        (await _world.DecideAsync(Noon, request)).Single().Decision.Codes().ShouldContain("LOCATION_INFO_ONCE");
    }

    [Fact]
    public async Task Who_wants_no_letters_gets_none_but_what_the_law_wants_in_writing()
    {
        var debtor = await _world.DebtorAsync();
        var letter = debtor.Preview with { Channel = Channel.Letter };
        (await _world.DecideAsync(Noon, letter)).Single().Allowed.ShouldBeTrue();

        await _world.Database.InTransactionAsync(
            (c, t) => ConsentRegister.RecordAsync(c, t, new ConsentStatement(debtor.Person, debtor.E164, Channel.Letter, ConsentKind.Revoked, ConsentScope.All, "agent"), "ada", Noon, default), default);

        (await _world.DecideAsync(Noon, letter)).Single().Decision.Codes().ShouldBe(["MEDIUM_OPTOUT"]);
        (await _world.DecideAsync(Noon, letter with { Purpose = ContactPurpose.LegalNotice })).Single().Allowed.ShouldBeTrue();
        (await _world.DecideAsync(Noon, debtor.Preview)).Single().Allowed.ShouldBeTrue(); // it was about letters
    }

    [Fact]
    public async Task Another_reason_makes_another_row()
    {
        var debtor = await _world.DebtorAsync();
        await _world.HoldAsync(debtor, "Cease");
        var first = (await _world.DecideAsync(Noon, debtor.Preview)).Single();
        await _world.HoldAsync(debtor, "Dispute");

        var second = (await _world.DecideAsync(Noon, debtor.Preview)).Single();

        second.DecisionId.ShouldNotBe(first.DecisionId);
    }

    [Fact]
    public async Task A_predictive_campaign_with_an_abandon_message_needs_consent_on_a_cell_phone()
    {
        var debtor = await _world.DebtorAsync();
        var campaign = new CampaignId(await _world.CampaignAsync());
        var request = debtor.Preview with { Campaign = campaign, Mode = ContactMode.Predictive };

        var without = (await _world.DecideAsync(Noon, request)).Single();
        await _world.ConsentAsync(debtor, Noon - Duration.FromDays(3));
        var with = (await _world.DecideAsync(Noon, request)).Single();

        without.ArtificialVoice.ShouldBeTrue();
        without.Decision.Reasons.Where(r => r.Severity != Severity.Warn).Select(r => r.Code).ShouldBe(["POLICY_OVERDIAL_NEEDS_CONSENT", "TCPA_NO_PEC_ARTIFICIAL_VOICE"], ignoreOrder: true);
        with.Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_revocation_stops_the_call_that_is_already_ringing()
    {
        var debtor = await _world.DebtorAsync();
        var attempt = new AttemptId(await _world.CallAsync(debtor, Noon, "Placed"));

        (await _world.Gate.StillLawfulAsync(attempt, Noon, default)).Lawful.ShouldBeTrue();
        await _world.ConsentAsync(debtor, Noon, "Revoked");

        var verdict = await _world.Gate.StillLawfulAsync(attempt, Noon, default);
        verdict.Lawful.ShouldBeFalse();
        verdict.Codes.ShouldBe(["MEDIUM_OPTOUT"]);
        (await _world.Database.QueryAsync<string>("select verdict || ' ' || array_to_string(reasons, ' ') from decision where attempt_id = @Value", attempt, default)).ShouldBe(["Deny MEDIUM_OPTOUT"]);
    }

    [Fact]
    public async Task A_batch_is_answered_in_its_own_order()
    {
        var free = await _world.DebtorAsync();
        var held = await _world.DebtorAsync();
        await _world.HoldAsync(held, "Bankruptcy");

        var results = await _world.DecideAsync(Noon, held.Preview, free.Preview);

        results.Select(r => r.Allowed).ShouldBe([false, true]);
        results.Select(r => r.Request.Person).ShouldBe([held.Person, free.Person]);
        results.Select(r => r.DecisionId).ShouldBeUnique();
    }

    private async Task<(string Verdict, string FactsHash, int Repeats, DateTime LastAt)> RowAsync(long id)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(string, string, int, DateTime)>("select verdict, facts_hash, repeats, last_at from decision where decision_id = @id", new { id });
    }

    /// <summary>Numbers that cost money to ring, however they came into the data: premium, personal, satellite, islands that share our country code, other countries.</summary>
    [Theory]
    [InlineData("+19005550100")]
    [InlineData("+19765550100")]
    [InlineData("+15005550100")]
    [InlineData("+18765550100")]
    [InlineData("+18095550100")]
    [InlineData("+12685550100")]
    [InlineData("+882165550100")]
    [InlineData("+37125550100")]
    [InlineData("+447005550100")]
    [InlineData("+2521550100")]
    public async Task A_destination_of_toll_fraud_is_denied_to_the_dialler_and_to_a_human_being_alike(string e164)
    {
        var debtor = await _world.DebtorAsync();
        await _world.Database.ExecuteAsync("update phone set e164 = @e164 where phone_id = @id", new { e164, id = debtor.Phone.Value }, default);

        foreach (var request in new[] { debtor.Preview, debtor.Preview with { Mode = ContactMode.Manual, Director = CallDirector.Manual }, debtor.Preview with { Mode = ContactMode.Agentless } })
            (await _world.DecideAsync(Noon, request)).Single().Decision.Codes().ShouldContain("POLICY_DESTINATION");
    }

    /// <summary>Diallers try without pause while the person says stop: whatever is decided after the word was committed is a denial.</summary>
    [Fact]
    public async Task A_revocation_is_effective_before_the_next_dial_whoever_dials()
    {
        var debtor = await _world.DebtorAsync();
        var underWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var revoked = false;
        var late = 0;
        var diallers = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            for (var (before, after) = (0, 0); after < 6;)
            {
                var known = Volatile.Read(ref revoked);
                var allowed = (await _world.DecideAsync(Noon, debtor.Preview)).Single().Allowed;
                if (known && allowed)
                    Interlocked.Increment(ref late);
                (before, after) = known ? (before, after + 1) : (before + 1, after);
                if (before == 3)
                    underWay.TrySetResult();
            }
        })).ToList();
        await underWay.Task;
        await _world.Database.InTransactionAsync(
            (c, t) => ConsentRegister.RecordAsync(c, t, new ConsentStatement(debtor.Person, debtor.E164, Channel.Voice, ConsentKind.Revoked, ConsentScope.All, "ivr", "digit 9"), "ivr", Noon, default), default);
        Volatile.Write(ref revoked, true);
        await Task.WhenAll(diallers);

        late.ShouldBe(0);
    }
}
