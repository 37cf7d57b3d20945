using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;
using Dapper;
using Dialer.Core.Compliance;
using Dialer.Features.Access;
using Dialer.Features.Agents;
using Dialer.Features.Audit;
using Dialer.Features.Compliance;
using Dialer.Features.Tests.Dialing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Features.Tests.Compliance;

/// <summary>Every endpoint of the module over HTTP on the real Host: who may call it, what it answers, what it refuses.</summary>
public sealed class ComplianceApiTests(DialingWorld world) : IClassFixture<DialingWorld>
{
    private const string Row = """{"id":"HOUSE-PERSON-DAY","jur":"HOUSE","kind":"Cap","channels":["Voice"],"max":1,"windowHours":24,"unit":"Person","code":"POLICY_PERSON_CAP","enforceAs":"Policy","cite":"house: a test","conf":"H"}""";

    [Fact]
    public async Task Over_http_too_an_agent_may_not_edit_policy_and_an_officer_may_not_speak_for_a_person()
    {
        var (agent, officer) = (await ClientAsync("api-agent", Roles.Collector), await ClientAsync("api-officer", Roles.Compliance));

        (await agent.GetAsync("/api/v1/compliance/policy")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await agent.PostAsJsonAsync("/api/v1/compliance/persons/1/purge", new { reason = "x" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await officer.PostAsJsonAsync("/api/v1/compliance/holds", new { personId = 1, kind = "Cease", reason = "" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await world.Http.GetAsync("/api/v1/accounts/1/why")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_a_person_says_is_recorded_denies_at_once_and_can_be_explained()
    {
        var (agent, officer) = (await ClientAsync("says-agent", Roles.Collector), await ClientAsync("says-officer", Roles.Compliance));
        var debtor = await world.People.DebtorAsync();
        var why = $"/api/v1/accounts/{debtor.Account.Value}/why";
        (await ReadAsync(agent, why)).GetProperty("callable").GetBoolean().ShouldBeTrue();

        var hold = await PostAsync(agent, "/api/v1/compliance/holds", new { personId = debtor.Person.Value, accountId = debtor.Account.Value, kind = "Dispute", reason = "not mine" }, HttpStatusCode.Created);
        var denied = await ReadAsync(officer, why);
        denied.GetProperty("callable").GetBoolean().ShouldBeFalse();
        denied.GetProperty("ways")[0].GetProperty("reasons").EnumerateArray().Select(r => r.GetProperty("code").GetString()).ShouldContain("DISPUTE_PENDING");
        var id = hold.GetProperty("holdId").GetInt64();
        await PostAsync(officer, $"/api/v1/compliance/holds/{id}/close", new { reason = "" }, HttpStatusCode.BadRequest);
        await PostAsync(officer, $"/api/v1/compliance/holds/{id}/close", new { reason = "verified" }, HttpStatusCode.NoContent);
        await PostAsync(officer, $"/api/v1/compliance/holds/{id}/close", new { reason = "again" }, HttpStatusCode.NotFound);
        (await ReadAsync(agent, why)).GetProperty("callable").GetBoolean().ShouldBeTrue();

        await PostAsync(agent, "/api/v1/compliance/consents", new { phoneId = debtor.Phone.Value, channel = "Voice", kind = "Revoked", scope = "All", source = "agent" }, HttpStatusCode.Created);
        await PostAsync(agent, "/api/v1/compliance/consents", new { phoneId = -1, channel = "Voice", kind = "Revoked", scope = "All", source = "agent" }, HttpStatusCode.NotFound);
        await PostAsync(agent, $"/api/v1/compliance/persons/{debtor.Person.Value}/inconvenient-times", new { from = "00:00", to = "12:00", words = "not before noon" }, HttpStatusCode.NoContent);
        await PostAsync(agent, $"/api/v1/compliance/persons/{debtor.Person.Value}/inconvenient-times", new { from = "noon", to = "12:00", words = "" }, HttpStatusCode.BadRequest);
        (await agent.PutAsJsonAsync($"/api/v1/compliance/persons/{debtor.Person.Value}/whereabouts", new { knownZone = "America/Chicago", knownState = "IL" })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await agent.PutAsJsonAsync($"/api/v1/compliance/persons/{debtor.Person.Value}/whereabouts", new { knownZone = "Mars/Olympus" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ReadAsync(agent, why)).GetProperty("ways")[0].GetProperty("reasons").EnumerateArray().Select(r => r.GetProperty("code").GetString()).ShouldContain("MEDIUM_OPTOUT");

        var pack = (await ReadAsync(officer, $"/api/v1/compliance/persons/{debtor.Person.Value}/pack")).GetProperty("sections");
        pack.GetProperty("consents").GetArrayLength().ShouldBe(1);
        pack.GetProperty("holds").GetArrayLength().ShouldBe(1);
        pack.GetProperty("audit").EnumerateArray().Select(row => row.GetProperty("action").GetString())
            .ShouldBe(["hold.open", "hold.close", "consent.revoke", "person.inconvenient-time", "person.whereabouts"]);
        (await officer.GetStringAsync($"/api/v1/compliance/persons/{debtor.Person.Value}/pack?format=html")).ShouldContain("Consents (1)</h2>");
        (await ReadAsync(officer, "/api/v1/compliance/audit/verify")).GetProperty("faults").GetArrayLength().ShouldBe(0);
        await PostAsync(officer, "/api/v1/compliance/audit/anchors", new { keptAt = "a printer" }, HttpStatusCode.OK);
        (await world.OneAsync<string>("select detail::jsonb ->> 'keptAt' from audit where action = 'audit.anchor' order by audit_id desc limit 1")).ShouldBe("a printer");
        (await ReadAsync(officer, "/api/v1/compliance/audit/verify")).GetProperty("faults").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_change_of_policy_needs_a_sound_row_a_reason_and_a_second_person()
    {
        var (ada, grace) = (await ClientAsync("policy-ada", Roles.Compliance), await ClientAsync("policy-grace", Roles.Compliance));
        var row = JsonSerializer.Deserialize<JsonElement>(Row);
        (await ReadAsync(ada, "/api/v1/compliance/policy")).GetProperty("packs").GetArrayLength().ShouldBe(6);
        (await PostAsync(ada, "/api/v1/compliance/policy/preview", new { pack = "HOUSE", row, reason = "" }, HttpStatusCode.OK)).GetProperty("sentence").GetString()!.ShouldStartWith("Yesterday this would have denied");
        await PostAsync(ada, "/api/v1/compliance/policy/preview", new { pack = "HOUSE", row = new { id = "X" }, reason = "" }, HttpStatusCode.BadRequest);
        await PostAsync(ada, "/api/v1/compliance/policy/changes", new { pack = "HOUSE", row, reason = " " }, HttpStatusCode.BadRequest);

        var change = (await PostAsync(ada, "/api/v1/compliance/policy/changes", new { pack = "HOUSE", row, reason = "quieter days", effectiveFrom = "2031-01-01T00:00:00Z" }, HttpStatusCode.Created)).GetProperty("policyRowId").GetInt64();

        await PostAsync(ada, $"/api/v1/compliance/policy/changes/{change}/approve", new { }, HttpStatusCode.Forbidden);
        await PostAsync(grace, $"/api/v1/compliance/policy/changes/{change}/withdraw", new { }, HttpStatusCode.Forbidden);
        await PostAsync(grace, $"/api/v1/compliance/policy/changes/{change}/approve", new { }, HttpStatusCode.NoContent);
        await PostAsync(grace, $"/api/v1/compliance/policy/changes/{change}/reject", new { }, HttpStatusCode.Conflict);
        await PostAsync(grace, "/api/v1/compliance/policy/changes/999999/approve", new { }, HttpStatusCode.NotFound);
        var listed = (await ReadAsync(ada, "/api/v1/compliance/policy/changes")).EnumerateArray().First(c => c.GetProperty("policyRowId").GetInt64() == change);
        (listed.GetProperty("state").GetString(), listed.GetProperty("decidedBy").GetString()).ShouldBe(("Approved", "policy-grace"));
    }

    [Fact]
    public async Task A_row_of_law_is_loosened_by_counsel_only()
    {
        var officer = await ClientAsync("law-ada", Roles.Compliance);
        var law = PolicySet.Shipped.FindRow("US-REGF-7IN7")!;
        object Change(PolicyRow row) => new
        {
            pack = "US-FED", row = JsonSerializer.Deserialize<JsonElement>(PolicySet.Write(row)), reason = "we call more", effectiveFrom = "2031-01-01T00:00:00Z",
        };

        foreach (var looser in new[] { law with { Enabled = false }, law with { Max = 20 } })
            (await PostAsync(officer, "/api/v1/compliance/policy/changes", Change(looser), HttpStatusCode.BadRequest)).GetProperty("detail").GetString()!.ShouldContain("counsel's signature");
        await PostAsync(officer, "/api/v1/compliance/policy/preview", Change(law with { Max = 20 }), HttpStatusCode.OK); // to ask counsel with its effect in hand

        var made = await PostAsync(officer, "/api/v1/compliance/policy/changes", Change(law with { Max = 6, CounselSignedBy = "A. Counsel, 2026-11-22" }), HttpStatusCode.Created);
        await PostAsync(officer, $"/api/v1/compliance/policy/changes/{made.GetProperty("policyRowId").GetInt64()}/withdraw", new { }, HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_signature_or_the_lack_of_one_is_judged_again_when_a_change_of_law_is_approved()
    {
        var (ada, grace) = (await ClientAsync("again-ada", Roles.Compliance), await ClientAsync("again-grace", Roles.Compliance));
        var law = PolicySet.Shipped.FindRow("US-REGF-7IN7")!;
        var stricter = law with { Max = 6, CounselSignedBy = "A. Counsel, for six" };
        async Task<string> ProposeAsync(PolicyRow row) => "/api/v1/compliance/policy/changes/" + (await PostAsync(
            ada, "/api/v1/compliance/policy/changes",
            new { pack = "US-FED", row = JsonSerializer.Deserialize<JsonElement>(PolicySet.Write(row)), reason = "a test", effectiveFrom = "2020-01-01T00:00:00Z" }, HttpStatusCode.Created)).GetProperty("policyRowId").GetInt64();

        var other = await ProposeAsync(stricter with { Max = 5 }); // with the signature of the change below
        await PostAsync(grace, $"{await ProposeAsync(stricter)}/approve", new { }, HttpStatusCode.NoContent);
        await PostAsync(grace, $"{other}/approve", new { }, HttpStatusCode.Conflict);
        var unsigned = await ProposeAsync(stricter with { CounselSignedBy = null }); // as it is now: nothing to sign
        await PostAsync(grace, $"{await ProposeAsync(law)}/approve", new { }, HttpStatusCode.NoContent);
        await PostAsync(grace, $"{unsigned}/approve", new { }, HttpStatusCode.Conflict);

        (await world.OneAsync<bool>("select bool_and(effective_from = decided_at) from policy_row where row_id = 'US-REGF-7IN7' and state = 'Approved'"))
            .ShouldBeTrue("nothing is in force before its approval");
        foreach (var left in new[] { other, unsigned })
            await PostAsync(ada, $"{left}/withdraw", new { }, HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_consent_that_would_be_taken_to_hold_for_ever_is_not_recorded_with_an_end()
    {
        var agent = await ClientAsync("ends-agent", Roles.Collector);
        var debtor = await world.People.DebtorAsync();
        object Said(string scope) => new { phoneId = debtor.Phone.Value, channel = "Voice", kind = "Granted", scope, source = "letter", evidence = "letter 7", validUntil = "2999-01-01T00:00:00Z" };

        await PostAsync(agent, "/api/v1/compliance/consents", Said("ArtificialVoice"), HttpStatusCode.BadRequest);
        await PostAsync(agent, "/api/v1/compliance/consents", Said("All"), HttpStatusCode.BadRequest);
        await PostAsync(agent, "/api/v1/compliance/consents", Said("Direct"), HttpStatusCode.Created);
    }

    [Fact]
    public async Task Where_a_call_does_not_suit_and_by_which_way_is_recorded_in_the_persons_own_terms()
    {
        var (agent, officer) = (await ClientAsync("place-agent", Roles.Collector), await ClientAsync("place-officer", Roles.Compliance));
        var debtor = await world.People.DebtorAsync(); // a personal number
        var why = $"/api/v1/accounts/{debtor.Account.Value}/why";
        async Task<IEnumerable<string?>> CodesAsync() => (await ReadAsync(agent, why)).GetProperty("ways")[0].GetProperty("reasons").EnumerateArray().Select(r => r.GetProperty("code").GetString());
        async Task PutAsync(string path, object body, HttpStatusCode expected) => (await agent.PutAsJsonAsync($"/api/v1/compliance/persons/{debtor.Person.Value}/{path}", body)).StatusCode.ShouldBe(expected);
        async Task NotAtAsync(HttpStatusCode expected, params string[] notAt) => await PutAsync("inconvenient-places", new { notAt }, expected);

        await NotAtAsync(HttpStatusCode.NoContent, "Home");
        (await CodesAsync()).ShouldNotContain("CONSUMER_INCONVENIENT_PLACE");
        await NotAtAsync(HttpStatusCode.NoContent, "Home", "Personal");
        (await CodesAsync()).ShouldContain("CONSUMER_INCONVENIENT_PLACE");
        await PutAsync("whereabouts", new { employerProhibits = true }, HttpStatusCode.NoContent);
        await PutAsync("whereabouts", new { knownZone = "America/Chicago" }, HttpStatusCode.NoContent);
        (await world.OneAsync<bool>("select employer_prohibits from person_contact_fact where person_id = @Value", debtor.Person)).ShouldBeTrue("a new zone takes back no employer's word");
        (await CodesAsync()).ShouldContain("CONSUMER_INCONVENIENT_PLACE", "another word leaves it");
        await NotAtAsync(HttpStatusCode.BadRequest, "Unknown");
        await NotAtAsync(HttpStatusCode.NoContent);
        (await CodesAsync()).ShouldNotContain("CONSUMER_INCONVENIENT_PLACE");

        object Said(string channel) => new { phoneId = debtor.Phone.Value, channel, kind = "Revoked", scope = "All", source = "agent" };
        await PostAsync(agent, "/api/v1/compliance/consents", Said("Letter"), HttpStatusCode.Created);
        await PostAsync(agent, "/api/v1/compliance/consents", Said("Voicemail"), HttpStatusCode.BadRequest);
        (await ReadAsync(officer, $"/api/v1/compliance/persons/{debtor.Person.Value}/pack")).GetProperty("sections").GetProperty("consents").EnumerateArray().ShouldHaveSingleItem().GetProperty("channel").GetString().ShouldBe("Letter");
    }

    [Fact]
    public async Task A_day_that_does_not_suit_denies_at_once_and_suits_again_by_the_persons_word_alone()
    {
        var agent = await ClientAsync("day-agent", Roles.Collector);
        var (debtor, other) = (await world.People.DebtorAsync(), await world.People.DebtorAsync());
        var times = $"/api/v1/compliance/persons/{debtor.Person.Value}/inconvenient-times";
        async Task<IEnumerable<string?>> CodesAsync() =>
            (await ReadAsync(agent, $"/api/v1/accounts/{debtor.Account.Value}/why")).GetProperty("ways")[0].GetProperty("reasons").EnumerateArray().Select(r => r.GetProperty("code").GetString());

        await PostAsync(agent, times, new { days = new[] { 3 }, from = "00:00", to = "00:00", words = "not on Wednesdays" }, HttpStatusCode.NoContent);
        (await CodesAsync()).ShouldContain("CONSUMER_INCONVENIENT_TIME"); // it is a Wednesday
        var contacts = await ReadAsync(agent, $"/api/v1/accounts/{debtor.Account.Value}/contacts");
        contacts.GetProperty("inconvenientPlaces").GetArrayLength().ShouldBe(0);
        var time = contacts.GetProperty("inconvenientTimes").EnumerateArray().ShouldHaveSingleItem();
        time.GetProperty("words").GetString().ShouldBe("not on Wednesdays");

        var end = $"{times}/{time.GetProperty("id").GetInt64()}/end";
        await PostAsync(agent, end, new { words = "" }, HttpStatusCode.BadRequest);
        await PostAsync(agent, end.Replace($"/{debtor.Person.Value}/", $"/{other.Person.Value}/", StringComparison.Ordinal), new { words = "any day" }, HttpStatusCode.NotFound);
        await PostAsync(agent, end, new { words = "any day now" }, HttpStatusCode.NoContent);
        await PostAsync(agent, end, new { words = "any day now" }, HttpStatusCode.NotFound);
        (await CodesAsync()).ShouldNotContain("CONSUMER_INCONVENIENT_TIME");
        (await world.OneAsync<long>("select count(*) from audit where subject = 'person:' || @Value and action in ('person.inconvenient-time', 'person.convenient-again')", debtor.Person)).ShouldBe(2);
    }

    [Fact]
    public async Task What_was_owed_to_the_right_party_and_not_ticked_is_on_the_officers_list_until_somebody_says_what_was_found()
    {
        const string List = "/api/v1/compliance/disclosures/missing";
        var skill = DialingWorld.NewSkill();
        var (desk, campaign, officer) = (await world.AgentAsync(skill), await world.CampaignAsync(skill), await ClientAsync("missing-officer", Roles.Compliance));
        using var http = new HttpClient { BaseAddress = world.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        async Task<long> TalkedAsync(string code, params string[] ticked)
        {
            var call = await world.AttemptAsync(campaign, "Completed");
            await world.ExecuteAsync("update attempt set agent_id = @AgentId, treatment = 'Agent', answered_at = created_at, bridged_at = created_at, conversation_at = created_at where attempt_id = @Id", new { desk.AgentId, call.Id });
            await world.ExecuteAsync(
                """
                insert into decision (at, attempt_id, person_id, account_id, phone_id, mode, verdict, conditions, pack_version, facts_hash, last_at)
                select created_at, attempt_id, person_id, account_id, phone_id, mode, 'AllowWithConditions', '{DISCLOSE_INITIAL,RECORDING_NOTICE_REQUIRED,NO_OVERSHADOWING}', 'x', 'x', created_at from attempt where attempt_id = @Id
                """,
                call);
            if (ticked.Length > 0)
                await PostAsync(http, $"/api/v1/compliance/attempts/{call.Id}/disclosures", new { codes = ticked }, HttpStatusCode.NoContent);
            await PostAsync(http, $"/api/v1/agent/calls/{call.Id}/disposition", new { code }, HttpStatusCode.NoContent);
            return call.Id;
        }

        async Task<List<JsonElement>> OpenAsync() => [.. (await ReadAsync(officer, List)).EnumerateArray()];

        await TalkedAsync("TPC"); // nothing is owed to somebody else
        await TalkedAsync("RPC-RTP", "DISCLOSE_INITIAL", "RECORDING_NOTICE_REQUIRED");
        var (late, silent) = (await TalkedAsync("RPC-RTP", "RECORDING_NOTICE_REQUIRED"), await TalkedAsync("RPC-RTP", "RECORDING_NOTICE_REQUIRED"));
        (await OpenAsync()).Select(row => row.GetProperty("attemptId").GetInt64()).ShouldBe([silent, late]);
        (await OpenAsync())[0].GetProperty("codes").EnumerateArray().Select(code => code.GetString()).ShouldBe(["DISCLOSE_INITIAL"]);
        (await MissingDisclosures.CountAsync(world.Database, default)).ShouldBe(2);

        await PostAsync(http, $"/api/v1/compliance/attempts/{late}/disclosures", new { codes = new[] { "DISCLOSE_INITIAL" } }, HttpStatusCode.NoContent);
        (await OpenAsync()).ShouldHaveSingleItem().GetProperty("agent").GetString()!.ShouldStartWith("agent");
        var review = $"{List}/{silent}/review";
        await PostAsync(officer, review, new { finding = "NotGiven", words = "" }, HttpStatusCode.BadRequest);
        await PostAsync(http, review, new { finding = "NotGiven", words = "heard it" }, HttpStatusCode.Forbidden);
        await PostAsync(officer, review, new { finding = "NotGiven", words = "heard the recording" }, HttpStatusCode.NoContent);
        await PostAsync(officer, review, new { finding = "Given", words = "second thoughts" }, HttpStatusCode.NotFound);
        (await OpenAsync()).ShouldBeEmpty();
        (await MissingDisclosures.CountAsync(world.Database, default)).ShouldBe(0);
        (await ReadAsync(officer, $"{List}?all=true")).EnumerateArray().ShouldHaveSingleItem().GetProperty("finding").GetString().ShouldBe("NotGiven");

        var person = await world.OneAsync<long>("select person_id from attempt where attempt_id = @silent", new { silent });
        (await ReadAsync(officer, $"/api/v1/compliance/persons/{person}/pack")).GetProperty("sections").GetProperty("disclosureFindings")[0].GetProperty("finding").GetString().ShouldBe("NotGiven");
        (await world.OneAsync<long>("select count(*) from audit where subject = 'attempt:' || @silent and action = 'disclosure.review'", new { silent })).ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_the_person_placed_owes_its_disclosures_once_an_agent_has_it()
    {
        var skill = DialingWorld.NewSkill();
        var (desk, campaign) = (await world.AgentAsync(skill), await world.CampaignAsync(skill));
        const string Ours = "+12125550177";
        await world.ExecuteAsync("update campaign set from_e164 = @Ours where campaign_id = @CampaignId", new { Ours, campaign.CampaignId });
        var debtor = await world.People.DebtorAsync(line: "Landline");
        var sid = $"CA{Guid.NewGuid():N}";

        var first = await world.BodyAsync("/twilio/voice/inbound", ("CallSid", sid), ("From", debtor.E164), ("To", Ours), ("CallStatus", "ringing"));
        var action = new Uri(XDocument.Parse(first).Descendants("Gather").First().Attribute("action")!.Value).PathAndQuery;
        (await world.BodyAsync(action, ("CallSid", sid), ("Digits", "0"))).ShouldContain(desk.Conference);

        var call = await world.OneAsync<long>("select attempt_id from attempt where sid = @sid", new { sid });
        using var http = new HttpClient { BaseAddress = world.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        var owed = (await ReadAsync(http, $"/api/v1/compliance/attempts/{call}/disclosures")).EnumerateArray().ToDictionary(d => d.GetProperty("code").GetString()!, d => d.GetProperty("givenBy").GetString());
        owed["DISCLOSE_INITIAL"].ShouldBeNull();
        owed["IDENTITY_DISCLOSURE_REQUIRED"].ShouldBe("ivr");
        var shown = (await world.Services.GetRequiredService<AgentDesk>().ReadOpenAsync(desk.AgentId, default))!.Call!.Disclosures;
        shown.ShouldContain("DISCLOSE_INITIAL");
        shown.ShouldContain("RECORDING_NOTICE_REQUIRED"); // the agent's tick begins the recording
        shown.ShouldNotContain("IDENTITY_DISCLOSURE_REQUIRED"); // the IVR has said it
    }

    [Fact]
    public async Task The_houses_own_lists_are_kept_by_officers_and_decide_at_once()
    {
        var (agent, officer) = (await ClientAsync("list-agent", Roles.Collector), await ClientAsync("list-officer", Roles.Compliance));
        var debtor = await world.People.DebtorAsync();
        const string Lists = "/api/v1/compliance/house-lists";
        async Task<IReadOnlyList<string>> CodesAsync() => [.. (await world.People.Gate.PreviewAsync([debtor.Preview], ComplianceWorld.Noon, default))[0].Reasons.Select(reason => reason.Code)];

        await PostAsync(agent, Lists, new { list = "ProtectedNumbers", number = debtor.E164, reason = "a ward" }, HttpStatusCode.Forbidden);
        await PostAsync(officer, Lists, new { list = "ProtectedNumbers", number = debtor.E164 }, HttpStatusCode.BadRequest);
        await PostAsync(officer, Lists, new { list = "ProtectedNumbers", number = debtor.E164, reason = "a ward" }, HttpStatusCode.NoContent);
        (await CodesAsync()).ShouldContain("PROTECTED_LINE");
        (await ReadAsync(officer, Lists)).GetProperty("protectedNumbers").EnumerateArray().ShouldContain(row => row.GetProperty("number").GetString() == debtor.E164);
        await PostAsync(officer, Lists, new { list = "ProtectedNumbers", number = debtor.E164, remove = true }, HttpStatusCode.NoContent);
        await PostAsync(officer, Lists, new { list = "ProtectedNumbers", number = debtor.E164, remove = true }, HttpStatusCode.NotFound);
        (await CodesAsync()).ShouldNotContain("PROTECTED_LINE");

        await PostAsync(officer, Lists, new { list = "Licenses", state = "ZZ", number = "L-1", expiresOn = "2030-01-01" }, HttpStatusCode.BadRequest);
        await PostAsync(officer, Lists, new { list = "Licenses", state = "NY", number = "L-1", expiresOn = "2030-01-01" }, HttpStatusCode.NoContent);
        (await CodesAsync()).ShouldContain("LICENSE_MISSING"); // from the first entry on: the debtor lives in California
        await PostAsync(officer, Lists, new { list = "Licenses", state = "CA", number = "L-2", expiresOn = "2030-01-01" }, HttpStatusCode.NoContent);
        (await CodesAsync()).ShouldNotContain("LICENSE_MISSING");
        foreach (var (state, number) in new[] { ("NY", "L-1"), ("CA", "L-2") })
            await PostAsync(officer, Lists, new { list = "Licenses", state, number, remove = true }, HttpStatusCode.NoContent);

        (await officer.PutAsJsonAsync($"/api/v1/compliance/accounts/{debtor.Account.Value}/time-barred", new { barred = true })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await world.People.Gate.PreviewAsync([debtor.Preview], ComplianceWorld.Noon, default))[0].Conditions.Select(condition => condition.Code).ShouldContain("TIME_BARRED_DISCLOSURE");
        (await officer.PutAsJsonAsync("/api/v1/compliance/accounts/999999999/time-barred", new { barred = true })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await world.OneAsync<long>("select count(*) from audit where action like 'house-list.%' or (action = 'account.time-barred' and subject = 'account/' || @Value)", debtor.Account)).ShouldBe(7);
    }

    [Fact]
    public async Task A_yes_needs_its_proof_and_a_no_does_not()
    {
        var desk = await world.AgentAsync(DialingWorld.NewSkill());
        var debtor = await world.People.DebtorAsync();
        using var http = new HttpClient { BaseAddress = world.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        Task SayAsync(string kind, string? evidence, HttpStatusCode expected) => PostAsync(
            http, "/api/v1/compliance/consents", new { phoneId = debtor.Phone.Value, channel = "Voice", kind, scope = "ArtificialVoice", source = "agent", evidence }, expected);

        await SayAsync("Granted", null, HttpStatusCode.BadRequest);
        await SayAsync("Revoked", null, HttpStatusCode.Created);
        await SayAsync("Granted", "form 7", HttpStatusCode.Created);
        var call = await world.People.CallAsync(debtor, ComplianceWorld.Noon);
        await world.ExecuteAsync("update attempt set agent_id = @AgentId, created_at = now() where attempt_id = @call", new { desk.AgentId, call });
        await SayAsync("Granted", null, HttpStatusCode.Created);

        (await world.Database.QueryAsync<string>("select evidence from consent_event where person_id = @Value order by consent_event_id", debtor.Person, default)).ShouldBe(["", "form 7", $"attempt/{call}"]);
    }

    [Fact]
    public async Task The_pack_holds_the_audit_rows_of_everything_that_is_the_persons_own()
    {
        var officer = await ClientAsync("pack-officer", Roles.Compliance);
        var (debtor, other) = (await world.People.DebtorAsync(), await world.People.DebtorAsync());
        var call = await world.People.CallAsync(debtor, ComplianceWorld.Noon);
        foreach (var subject in new[] { $"account/{debtor.Account.Value}", $"attempt:{call}", $"phone/{debtor.Phone.Value}", $"account/{other.Account.Value}", $"attempt:{call}9" })
            await world.Database.InTransactionAsync((c, t) => AuditTrail.AddAsync(c, t, "ada", "test", subject, new { }, ComplianceWorld.Noon, default), default);

        var audit = (await ReadAsync(officer, $"/api/v1/compliance/persons/{debtor.Person.Value}/pack")).GetProperty("sections").GetProperty("audit");

        audit.EnumerateArray().Select(row => row.GetProperty("subject").GetString()).ShouldBe([$"account/{debtor.Account.Value}", $"attempt:{call}", $"phone/{debtor.Phone.Value}"]);
    }

    /// <summary>A hold that comes while the records are being destroyed waits, and is told that there is nothing left to hold; it is never accepted and destroyed with them.</summary>
    [Fact]
    public async Task A_legal_hold_waits_for_a_purge_that_has_begun()
    {
        var officer = await ClientAsync("race-officer", Roles.Compliance);
        var debtor = await world.People.DebtorAsync();
        await using var connection = await world.Database.OpenAsync(default);
        await using var transaction = await connection.BeginTransactionAsync();
        await PersonLocks.TakeAsync(connection, transaction, [debtor.Person]);

        var hold = officer.PostAsJsonAsync($"/api/v1/compliance/persons/{debtor.Person.Value}/legal-holds", new { matter = "Doe v. Acme" });
        await DialingWorld.UntilAsync(async () => hold.IsCompleted || await world.OneAsync<long>(
            "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())") > 0);
        hold.IsCompleted.ShouldBeFalse("the hold was accepted in the middle of a purge");
        await connection.ExecuteAsync("select count(*) from purge_person(@Value)", debtor.Person, transaction);
        await transaction.CommitAsync();

        using var answer = await hold;
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_funnel_answers_by_step_and_knows_no_campaign_that_is_not_there()
    {
        var supervisor = await ClientAsync("funnel-sup", Roles.Supervisor);
        var campaign = await world.People.CampaignAsync("Preview", "HangUp");
        var debtor = await world.People.DebtorAsync();
        await world.ExecuteAsync("insert into ready_lead (campaign_id, account_id, person_id, not_before) values (@campaign, @account, @person, '2026-01-01Z')", new { campaign, account = debtor.Account.Value, person = debtor.Person.Value });

        var funnel = await ReadAsync(supervisor, $"/api/v1/campaigns/{campaign}/funnel");

        (funnel.GetProperty("loaded").GetInt64(), funnel.GetProperty("due").GetInt64(), funnel.GetProperty("checkedNow").GetProperty("callable").GetInt32()).ShouldBe((1, 1, 1));
        (await ReadAsync(supervisor, $"/api/v1/campaigns/{campaign}/funnel/CALLABLE"))[0].GetProperty("accountId").GetInt64().ShouldBe(debtor.Account.Value);
        (await supervisor.GetAsync("/api/v1/campaigns/999999/funnel")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await supervisor.GetAsync("/api/v1/accounts/999999999/why")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Records_are_destroyed_when_every_clock_has_run_and_never_under_a_legal_hold()
    {
        var officer = await ClientAsync("purge-officer", Roles.Compliance);
        var debtor = await world.People.DebtorAsync();
        var (person, old) = (debtor.Person.Value, ComplianceWorld.Noon - NodaTime.Duration.FromDays(8 * 365));
        var attempt = await world.People.CallAsync(debtor, old, "Completed", conversation: true);
        await world.People.ConsentAsync(debtor, old);
        await world.ExecuteAsync(
            """
            insert into decision (at, attempt_id, person_id, account_id, phone_id, mode, verdict, pack_version, facts_hash, last_at) values (@old, @attempt, @person, @account, @phone, 'Preview', 'Allow', 'x', 'x', @old);
            insert into disclosure (attempt_id, code, at, given_by) values (@attempt, 'DISCLOSE_INITIAL', @old, 'ivr');
            insert into list_result (list, person_id, answer, checked_at, source) values ('Deceased', @person, 'Clear', @old, 'test');
            """,
            new { old, attempt, person, account = debtor.Account.Value, phone = debtor.Phone.Value });
        var other = await world.People.DebtorAsync();
        await world.People.CallAsync(other, old);

        (await PostAsync(officer, $"/api/v1/compliance/persons/{person}/purge", new { reason = "age" }, HttpStatusCode.Conflict)).GetProperty("title").GetString().ShouldBe("RETENTION_HOLD");
        await world.ExecuteAsync("update account set status = 'Closed', updated_at = @old where person_id = @person; update person set updated_at = @old where person_id = @person", new { old, person });
        var hold = (await PostAsync(officer, $"/api/v1/compliance/persons/{person}/legal-holds", new { matter = "Doe v. Acme" }, HttpStatusCode.Created)).GetProperty("legalHoldId").GetInt64();
        (await PostAsync(officer, $"/api/v1/compliance/persons/{person}/purge", new { reason = "age" }, HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain("legal hold");
        (await officer.GetAsync($"/api/v1/compliance/persons/{person}/purge-check")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await PostAsync(officer, $"/api/v1/compliance/legal-holds/{hold}/release", new { }, HttpStatusCode.NoContent);
        (await ReadAsync(officer, $"/api/v1/compliance/purge/due?after={person - 1}"))[0].GetProperty("personId").GetInt64().ShouldBe(person);
        await PostAsync(officer, $"/api/v1/compliance/persons/{person}/purge", new { reason = "" }, HttpStatusCode.BadRequest);

        var destroyed = await PostAsync(officer, $"/api/v1/compliance/persons/{person}/purge", new { reason = "seven years" }, HttpStatusCode.OK);

        destroyed.GetProperty("destroyed").EnumerateArray().ToDictionary(d => d.GetProperty("table").GetString()!, d => d.GetProperty("rows").GetInt64())
            .ShouldBe(new Dictionary<string, long> { ["person"] = 1, ["account"] = 1, ["phone"] = 1, ["attempt"] = 1, ["consent_event"] = 1, ["decision"] = 1, ["disclosure"] = 1, ["list_result"] = 1, ["legal_hold"] = 1 }, ignoreOrder: true);
        (await world.OneAsync<long>("select count(*) from attempt where person_id = @id", new { id = other.Person.Value })).ShouldBe(1);
        (await world.OneAsync<long>("select count(*) from audit where subject = 'person:' || @person and action in ('person.purge', 'person.purge-refused')", new { person })).ShouldBe(3);
        (await ReadAsync(officer, "/api/v1/compliance/audit/verify")).GetProperty("faults").GetArrayLength().ShouldBe(0);
        await PostAsync(officer, $"/api/v1/compliance/persons/{person}/purge", new { reason = "again" }, HttpStatusCode.NotFound);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => world.ExecuteAsync("delete from consent_event")); // the door closed behind it
    }

    [Fact]
    public async Task What_an_agent_says_is_ticked_once_on_calls_of_his_own()
    {
        var skill = DialingWorld.NewSkill();
        var desk = await world.AgentAsync(skill);
        var call = await world.AttemptAsync(await world.CampaignAsync(skill), "Answered");
        using var http = new HttpClient { BaseAddress = world.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        var path = $"/api/v1/compliance/attempts/{call.Id}/disclosures";

        await PostAsync(http, path, new { codes = new[] { "DISCLOSE_INITIAL" } }, HttpStatusCode.NotFound); // somebody else's call
        await world.ExecuteAsync("update attempt set agent_id = @agent, conversation_at = now() where attempt_id = @id", new { agent = desk.AgentId, id = call.Id });
        await PostAsync(http, path, new { codes = new[] { "drop table" } }, HttpStatusCode.BadRequest);
        await PostAsync(http, path, new { codes = new[] { "DISCLOSE_INITIAL" }, evidence = "script" }, HttpStatusCode.NoContent);
        await PostAsync(http, path, new { codes = new[] { "DISCLOSE_INITIAL", "RECORDING_NOTICE_REQUIRED" } }, HttpStatusCode.NoContent);

        var given = (await ReadAsync(http, path)).EnumerateArray().Select(d => (d.GetProperty("code").GetString(), d.GetProperty("givenBy").GetString())).ToList();
        given.ShouldBe([("DISCLOSE_INITIAL", $"agent/{desk.AgentId}"), ("RECORDING_NOTICE_REQUIRED", $"agent/{desk.AgentId}")]);
        (await world.OneAsync<string>("select evidence from disclosure where attempt_id = @id and code = 'DISCLOSE_INITIAL'", new { id = call.Id })).ShouldBe("script");
    }

    [Fact]
    public async Task A_tick_made_by_mistake_is_taken_back_by_its_agent_until_the_outcome_and_stays_to_be_seen()
    {
        var skill = DialingWorld.NewSkill();
        var (desk, other) = (await world.AgentAsync(skill), await world.AgentAsync(DialingWorld.NewSkill()));
        var call = await world.AttemptAsync(await world.CampaignAsync(skill), "Answered");
        using var http = new HttpClient { BaseAddress = world.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", desk.Token);
        var path = $"/api/v1/compliance/attempts/{call.Id}/disclosures";
        var wrong = new { codes = new[] { "DISCLOSE_INITIAL" }, reason = "ticked the wrong line" };
        await world.ExecuteAsync("update attempt set agent_id = @agent, conversation_at = now() where attempt_id = @id", new { agent = desk.AgentId, id = call.Id });
        await world.ExecuteAsync("insert into disclosure (attempt_id, code, at, given_by) values (@id, 'IDENTITY_DISCLOSURE_REQUIRED', now(), 'ivr')", new { id = call.Id });

        await PostAsync(http, $"{path}/withdraw", wrong, HttpStatusCode.NotFound); // nothing is ticked
        await PostAsync(http, path, new { codes = new[] { "DISCLOSE_INITIAL" } }, HttpStatusCode.NoContent);
        await PostAsync(http, $"{path}/withdraw", new { codes = new[] { "DISCLOSE_INITIAL" }, reason = "" }, HttpStatusCode.BadRequest);
        await PostAsync(http, $"{path}/withdraw", new { codes = new[] { "IDENTITY_DISCLOSURE_REQUIRED" }, reason = "not I" }, HttpStatusCode.NotFound); // the machine said it
        await PostAsync(http, $"{path}/withdraw", wrong, HttpStatusCode.NoContent);
        await PostAsync(http, $"{path}/withdraw", wrong, HttpStatusCode.NotFound); // once

        var initial = (await ReadAsync(http, path)).EnumerateArray().Single(d => d.GetProperty("code").GetString() == "DISCLOSE_INITIAL");
        initial.GetProperty("givenAt").ValueKind.ShouldBe(JsonValueKind.Null);
        initial.GetProperty("withdrawn")[0].GetProperty("reason").GetString().ShouldBe("ticked the wrong line");
        (await world.OneAsync<long>("select count(*) from audit where subject = 'attempt:' || @id and action in ('disclosure.tick', 'disclosure.withdraw')", new { id = call.Id })).ShouldBe(2);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => world.ExecuteAsync("update disclosure_withdrawal set reason = 'none'"));

        await PostAsync(http, path, new { codes = new[] { "DISCLOSE_INITIAL" } }, HttpStatusCode.NoContent); // said now
        (await ReadAsync(http, path)).EnumerateArray().Single(d => d.GetProperty("code").GetString() == "DISCLOSE_INITIAL").GetProperty("givenBy").GetString().ShouldBe($"agent/{desk.AgentId}");

        await world.ExecuteAsync("update attempt set disposed_at = now() where attempt_id = @id", new { id = call.Id });
        await PostAsync(http, $"{path}/withdraw", wrong, HttpStatusCode.Conflict);
        await world.ExecuteAsync("update attempt set disposed_at = null, agent_id = @agent where attempt_id = @id", new { agent = other.AgentId, id = call.Id });
        await PostAsync(http, $"{path}/withdraw", wrong, HttpStatusCode.NotFound); // somebody else's call

        var officer = await ClientAsync("tick-officer", Roles.Compliance);
        var person = await world.OneAsync<long>("select person_id from attempt where attempt_id = @id", new { id = call.Id });
        var shown = (await ReadAsync(officer, $"/api/v1/compliance/persons/{person}/pack")).GetProperty("sections").GetProperty("disclosures").EnumerateArray()
            .Where(row => row.GetProperty("code").GetString() == "DISCLOSE_INITIAL").Select(row => row.GetProperty("withdrawn_because").GetString()).ToList();
        shown.ShouldBe(["ticked the wrong line", null]);
    }

    [Fact]
    public async Task The_pack_lists_recordings_and_notices_as_data_and_on_its_page()
    {
        var officer = await ClientAsync("pack-officer", Roles.Compliance);
        var debtor = await world.People.DebtorAsync();
        var attempt = await world.People.CallAsync(debtor, ComplianceWorld.Noon, "Completed", conversation: true);
        await world.ExecuteAsync(
            """
            insert into recording (recording_sid, attempt_id, state, started_by, started_at, ended_at, seconds) values (@sid, @attempt, 'Stopped', 7, @at, @at + interval '95 s', 95);
            insert into voicemail (attempt_id, recording_sid, seconds, at) values (@attempt, @voice, 12, @at + interval '2 min');
            insert into recording_media (recording_sid, attempt_id, state, media_type, bytes, sha256, stored_at, carrier_deleted_at) values (@sid, @attempt, 'Stored', 'audio/wav', 1520000, '\xabcd', @at + interval '5 min', @at + interval '6 min');
            insert into recording_pause (attempt_id, from_at, to_at) values (@attempt, @at + interval '20 s', @at + interval '40 s');
            insert into disclosure (attempt_id, code, at, given_by) values (@attempt, 'RECORDING_NOTICE_REQUIRED', @at, 'ivr');
            insert into customer_notice (notice_key, kind, person_id, account_id, channel, language, fields, state, next_at, queued_at, sent_at)
                values ('receipt:' || @attempt, 'Receipt', @person, @account, 'Letter', 'en', '{"amount": "25.50"}', 'Sent', @at, @at, @at + interval '1 min'),
                       ('plan:' || @attempt, 'PlanAuthorization', @person, @account, 'Letter', 'en', '{}', 'Queued', @at, @at, null);
            insert into payment_decision (at, account_id, person_id, attempt_id, source, amount, currency, means, allowed, reasons, citations, policy_rows, facts, pack_version)
                values (@at, @account, @person, @attempt, 'Agent', 25.50, 'USD', 'CreditCard', false, '{NO_CONSENT_TO_CHARGE}', '{house}', '{HOUSE-PAY-CONFIRMED}', '{}', 'test');
            """,
            new { sid = $"RE{attempt}", voice = $"REv{attempt}", attempt, at = ComplianceWorld.Noon, person = debtor.Person.Value, account = debtor.Account.Value });

        var sections = (await ReadAsync(officer, $"/api/v1/compliance/persons/{debtor.Person.Value}/pack")).GetProperty("sections");

        var recordings = sections.GetProperty("recordings").EnumerateArray().ToList();
        recordings.Select(r => (r.GetProperty("recording_sid").GetString(), r.GetProperty("kind").GetString(), r.GetProperty("seconds").GetInt32())).ShouldBe([($"RE{attempt}", "Call", 95), ($"REv{attempt}", "Voicemail", 12)]);
        recordings[0].GetProperty("notice_given_at").GetString().ShouldNotBeNull();
        recordings[0].GetProperty("media").GetString().ShouldBe("Stored");
        recordings[1].GetProperty("media").GetString().ShouldBeOneOf("NotFetched", "Waiting"); // the keeper may have seen it meanwhile
        (recordings[0].GetProperty("bytes").GetInt64(), recordings[0].GetProperty("sha256").GetString(), recordings[0].GetProperty("purged_at").ValueKind).ShouldBe((1520000, "abcd", JsonValueKind.Null));
        recordings[0].GetProperty("pauses").GetString()!.Split('/').Length.ShouldBe(2);
        sections.GetProperty("notices").EnumerateArray().Select(n => (n.GetProperty("kind").GetString(), n.GetProperty("state").GetString())).ShouldBe([("Receipt", "Sent"), ("PlanAuthorization", "Queued")]);
        sections.GetProperty("paymentDecisions")[0].GetProperty("reasons")[0].GetString().ShouldBe("NO_CONSENT_TO_CHARGE");
        var page = await officer.GetStringAsync($"/api/v1/compliance/persons/{debtor.Person.Value}/pack?format=html");
        foreach (var words in new[] { "Recordings (2)</h2>", $"<td>RE{attempt}</td>", "Notices (2)</h2>", "<td>PlanAuthorization</td>", "Payment decisions (1)</h2>" })
            page.ShouldContain(words);
    }

    private async Task<HttpClient> ClientAsync(string name, string role)
    {
        await world.Services.GetRequiredService<Users>().PutAsync(name, name, DialingWorld.Password, [role], [], ComplianceWorld.Noon, default);
        var http = new HttpClient { BaseAddress = world.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await world.SignInAsync(name));
        return http;
    }

    private static async Task<JsonElement> ReadAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"{path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body, HttpStatusCode expected)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, $"{path}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}
