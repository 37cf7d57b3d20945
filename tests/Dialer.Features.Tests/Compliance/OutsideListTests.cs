using System.Net;
using System.Text;
using Dapper;
using Dialer.Core.Compliance;
using Dialer.Features.Compliance;
using Dialer.Features.Compliance.Lists;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Dialer.Features.Tests.Compliance;

/// <summary>Outside lists: asked in time, answered with a date and an end, read by the gate.</summary>
public sealed class OutsideListTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly Instant Noon = ComplianceWorld.Noon;
    private readonly ComplianceWorld _world = new(database.Source);

    [Fact]
    public async Task Answers_are_asked_for_once_and_again_before_they_end()
    {
        await LeadAsync();
        var options = new ListOptions { Mode = "Simulated", Ask = [OutsideList.ReassignedNumbers, OutsideList.Deceased, OutsideList.LineType], LifetimeDays = 30, RefreshDaysBefore = 3 };

        (await RunAsync(new SimulatedListSource(), options, Noon)).Values.ShouldAllBe(count => count > 0);
        (await RunAsync(new SimulatedListSource(), options, Noon + Duration.FromDays(26))).Values.ShouldAllBe(count => count == 0);
        (await RunAsync(new SimulatedListSource(), options, Noon + Duration.FromDays(28))).Values.ShouldAllBe(count => count > 0);
    }

    [Fact]
    public async Task A_listed_number_is_denied_and_a_line_type_is_learned()
    {
        var debtor = await LeadAsync();
        await _world.Database.ExecuteAsync("update phone set line_type = 'Unknown' where phone_id = @id", new { id = debtor.Phone.Value }, default);
        await RunAsync(new Says(ListAnswer.Listed), new ListOptions { Mode = "Http", Url = "http://x", Ask = [OutsideList.Litigators, OutsideList.Bankruptcy] }, Noon);
        await RunAsync(new Says(ListAnswer.Clear, "Landline"), new ListOptions { Mode = "Http", Url = "http://x", Ask = [OutsideList.LineType] }, Noon);

        (await _world.DecideAsync(Noon, debtor.Preview)).Single().Decision.Codes().ShouldBe(["BANKRUPTCY_STAY", "POLICY_LITIGATOR"]);
        (await _world.Database.FindAsync<string>("select line_type from phone where phone_id = @id", new { id = debtor.Phone.Value }, default)).ShouldBe("Landline");
    }

    [Fact]
    public async Task An_answer_that_did_not_come_takes_nobody_off_a_list()
    {
        var debtor = await LeadAsync();
        var options = new ListOptions { Mode = "Http", Url = "http://x", Ask = [OutsideList.Litigators, OutsideList.Bankruptcy], LifetimeDays = 30, RefreshDaysBefore = 3 };
        async Task<IEnumerable<string>> CodesAsync(ListAnswer answer, int day)
        {
            await RunAsync(new Says(answer), options, Noon + Duration.FromDays(day));
            return (await _world.DecideAsync(Noon + Duration.FromDays(day), debtor.Preview)).Single().Decision.Codes();
        }

        (await CodesAsync(ListAnswer.Listed, 0)).ShouldBe(["BANKRUPTCY_STAY", "POLICY_LITIGATOR"]);
        (await CodesAsync(ListAnswer.NoData, 28)).ShouldBe(["BANKRUPTCY_STAY", "POLICY_LITIGATOR"], "the vendor does not know any more; the last who knew said yes");
        (await CodesAsync(ListAnswer.NoData, 56)).ShouldBe(["BANKRUPTCY_STAY", "POLICY_LITIGATOR"]);
        (await CodesAsync(ListAnswer.Clear, 84)).ShouldBeEmpty();
        (await CodesAsync(ListAnswer.NoData, 112)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_list_whose_vendor_does_not_answer_in_time_keeps_no_other_from_being_asked()
    {
        await LeadAsync();
        var options = new ListOptions { Mode = "Http", Url = "http://x", Ask = [OutsideList.Bankruptcy, OutsideList.Deceased] };

        var written = await RunAsync(new Silent(OutsideList.Bankruptcy), options, Noon);

        written.Keys.ShouldBe([OutsideList.Deceased]);
        written[OutsideList.Deceased].ShouldBeGreaterThan(0);
    }

    private sealed class Silent(OutsideList about) : IOutsideListSource
    {
        public string Name => "silent";

        public Task<IReadOnlyList<ListReply>> AskAsync(OutsideList list, IReadOnlyList<ListQuestion> questions, CancellationToken cancel) =>
            list == about ? throw new TaskCanceledException("its time was up", new TimeoutException()) : new Says(ListAnswer.Clear).AskAsync(list, questions, cancel);
    }

    /// <summary>The row warns as it ships; where an officer makes it stop, a number nobody has checked, or whose check has ended, is not called by a machine.</summary>
    [Theory]
    [InlineData(null, null, false)] // never asked
    [InlineData("NoData", 30, false)]
    [InlineData("Clear", 30, true)]
    [InlineData("Clear", -1, false)] // its own end has passed
    public async Task Where_policy_demands_a_check_an_unknown_or_ended_answer_denies(string? answer, int? endsInDays, bool allowed)
    {
        var debtor = await _world.DebtorAsync();
        await _world.ConsentAsync(debtor, Noon - Duration.FromDays(9));
        if (answer is not null)
            await _world.Database.ExecuteAsync(
                "insert into list_result (list, e164, answer, checked_at, source, expires_at) values ('ReassignedNumbers', @E164, @answer, @at, 'test', @ends)",
                new { debtor.E164, answer, at = Noon - Duration.FromDays(5), ends = Noon + Duration.FromDays(endsInDays!.Value) }, default);
        var strict = PolicySet.Shipped.WithRow(PolicySet.Shipped.FindRow("HOUSE-RND-STALE")! with { Severity = Severity.Stop }, "HOUSE", "strict");
        var gate = new ContactGate(new PolicyBook(strict), _world.Database);

        var decision = (await gate.PreviewAsync([debtor.Preview with { ArtificialVoice = true }], Noon, default)).Single();

        decision.Allowed.ShouldBe(allowed);
        if (!allowed)
            decision.Codes().ShouldBe(["RND_STALE"]);
    }

    [Fact]
    public async Task The_gateway_is_asked_in_its_own_words_and_half_an_answer_is_none()
    {
        using var gateway = new Gateway();
        using var http = new HttpClient(gateway);
        var source = new HttpListSource(http, new ListOptions { Url = "https://lists.example/v1/", ApiKey = "secret" });
        ListQuestion[] questions = [new(7, "+12135550123", Since: Instant.FromUtc(2026, 5, 1, 3, 0)), new(8, "+12135550124")];

        (await source.AskAsync(OutsideList.ReassignedNumbers, questions, default)).ShouldBe([new ListReply(7, ListAnswer.Listed, "2026-04-01"), new ListReply(8, ListAnswer.NoData)]);
        gateway.Asked.ShouldBe("""{"questions":[{"ref":7,"number":"\u002B12135550123","since":"2026-05-01"},{"ref":8,"number":"\u002B12135550124"}]}""");
        await Should.ThrowAsync<HttpRequestException>(() => source.AskAsync(OutsideList.Litigators, questions, default));
        await Should.ThrowAsync<HttpRequestException>(() => source.AskAsync(OutsideList.Deceased, questions, default));
    }

    [Fact]
    public async Task A_vendor_that_fails_leaves_the_list_as_it_was()
    {
        await LeadAsync();
        var written = await RunAsync(new Says(null), new ListOptions { Mode = "Http", Url = "http://x", Ask = [OutsideList.Military] }, Noon);

        written.ShouldBeEmpty();
        await using var c = await database.Source.OpenConnectionAsync();
        (await c.ExecuteScalarAsync<long>("select count(*) from list_result where list = 'Military'")).ShouldBe(0);
    }

    private Task<IReadOnlyDictionary<OutsideList, int>> RunAsync(IOutsideListSource source, ListOptions options, Instant now) =>
        new RefreshLists(_world.Database, source, Options.Create(options), new Ivr.FixedTime(now), NullLogger<RefreshLists>.Instance).RunAsync(default);

    private async Task<ComplianceWorld.Debtor> LeadAsync()
    {
        var campaign = await _world.CampaignAsync("Preview", "HangUp");
        var debtor = await _world.DebtorAsync();
        await _world.Database.ExecuteAsync(
            "insert into ready_lead (campaign_id, account_id, person_id, not_before) values (@campaign, @account, @person, @at)",
            new { campaign, account = debtor.Account.Value, person = debtor.Person.Value, at = Noon }, default);
        return debtor;
    }

    private sealed class Gateway : HttpMessageHandler
    {
        public string Asked { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Headers.Authorization?.ToString() != "Bearer secret" || request.Method != HttpMethod.Post)
                return new HttpResponseMessage(HttpStatusCode.Unauthorized);
            if (request.RequestUri!.AbsoluteUri == "https://lists.example/v1/reassigned-numbers")
            {
                Asked = await request.Content!.ReadAsStringAsync(cancellationToken);
                return Json("""{"answers":[{"ref":7,"answer":"listed","detail":"2026-04-01"},{"ref":8,"answer":"no-data"}]}""");
            }

            return request.RequestUri.AbsolutePath == "/v1/litigators" ? Json("""{"answers":[{"ref":7,"answer":"perhaps"}]}""") : new HttpResponseMessage(HttpStatusCode.BadGateway);
        }

        private static HttpResponseMessage Json(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
    }

    /// <summary>Answers every question alike; null: does not answer.</summary>
    private sealed class Says(ListAnswer? answer, string detail = "") : IOutsideListSource
    {
        public string Name => "test";

        public Task<IReadOnlyList<ListReply>> AskAsync(OutsideList list, IReadOnlyList<ListQuestion> questions, CancellationToken cancel) => answer is { } word
            ? Task.FromResult<IReadOnlyList<ListReply>>([.. questions.Select(q => new ListReply(q.Reference, word, detail))])
            : throw new HttpRequestException("down");
    }
}
