using Dialer.Core.Numbers;
using Dialer.Twilio.Rest;
using NodaTime;

namespace Dialer.Twilio.Tests.Rest;

public sealed class ReadingAndUpdatingTests
{
    private const string Ended = "{\"sid\":\"CA1\",\"to\":\"+1\",\"from\":\"+2\",\"status\":\"completed\",\"duration\":\"49\",\"start_time\":\"Tue, 31 Aug 2010 20:36:28 +0000\",\"answered_by\":null}";

    [Fact]
    public async Task A_call_is_read_with_its_strings_as_numbers_and_times()
    {
        await using var server = RawServer.Answering((200, Ended));
        (await PlacingACallTests.Client(server.Url).GetCallAsync("CA1", CancellationToken.None)).Succeeded(out var call).ShouldBeTrue();
        call!.Duration.ShouldBe(49);
        call.StartTime.ShouldBe(Instant.FromUtc(2010, 8, 31, 20, 36, 28));
        call.AnsweredBy.ShouldBeNull();
    }

    [Fact]
    public async Task A_read_is_repeated_on_429_and_5xx()
    {
        await using var server = RawServer.Answering((429, "{\"code\":20429}"), (503, ""), (200, Ended));
        (await PlacingACallTests.Client(server.Url).GetCallAsync("CA1", CancellationToken.None)).Succeeded(out _).ShouldBeTrue();
        server.Requests.ShouldBe(3);
    }

    [Fact]
    public async Task Ending_a_call_is_repeated_on_5xx_because_it_names_an_end_state()
    {
        await using var server = RawServer.Answering((500, ""), (200, Ended));
        (await PlacingACallTests.Client(server.Url).CompleteCallAsync("CA1", CancellationToken.None)).Succeeded(out _).ShouldBeTrue();
        server.Bodies.ShouldBe(["Status=completed", "Status=completed"]);
    }

    [Fact]
    public async Task Running_TwiML_on_a_call_is_not_repeated_on_5xx()
    {
        await using var server = RawServer.Answering((500, ""), (200, Ended));
        var answer = await PlacingACallTests.Client(server.Url).RunTwimlAsync("CA1", "<Response/>", CancellationToken.None);
        answer.Error!.Status.ShouldBe(500);
        server.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_has_ended_says_so()
    {
        await using var server = RawServer.Answering((400, "{\"code\":21220}"));
        (await PlacingACallTests.Client(server.Url).CompleteCallAsync("CA1", CancellationToken.None)).Error!.CallIsNotInProgress.ShouldBeTrue();
    }

    [Fact]
    public async Task A_list_follows_its_pages_to_the_end()
    {
        await using var server = RawServer.Answering(
            (200, "{\"calls\":[{\"sid\":\"CA1\",\"status\":\"busy\"}],\"next_page_uri\":\"/2010-04-01/Accounts/AC/Calls.json?Page=1&PageToken=PA1\"}"),
            (200, "{\"calls\":[{\"sid\":\"CA2\",\"status\":\"busy\"}],\"next_page_uri\":null}"));
        var filter = new CallFilter { To = PhoneNumber.Parse("+14045550123"), StartedFrom = Instant.FromUtc(2026, 1, 2, 0, 0) };
        var sids = new List<string>();
        await foreach (var call in PlacingACallTests.Client(server.Url).ListCallsAsync(filter, CancellationToken.None))
            sids.Add(call.Sid);
        sids.ShouldBe(["CA1", "CA2"]);
    }

    [Theory]
    [InlineData("{\"calls\":[],\"next_page_uri\":\"https://elsewhere.example/steal\"}")]
    [InlineData("{\"calls\":[],\"next_page_uri\":\"//elsewhere.example/steal\"}")]
    [InlineData("{\"nonsense\":true}")]
    public async Task A_broken_or_foreign_page_is_an_error_not_a_short_list(string body)
    {
        await using var server = RawServer.Answering((200, body));
        await Should.ThrowAsync<HttpRequestException>(async () =>
        {
            await foreach (var call in PlacingACallTests.Client(server.Url).ListCallsAsync(new CallFilter(), CancellationToken.None))
                call.Sid.ShouldNotBeNull();
        });
    }

    [Fact]
    public async Task A_participant_that_is_gone_counts_as_removed()
    {
        await using var server = RawServer.Answering((404, "{\"code\":20404}"));
        (await PlacingACallTests.Client(server.Url).KickParticipantAsync("CF1", "CA1", CancellationToken.None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("../Keys")]
    [InlineData("CA1?x=1")]
    [InlineData("")]
    public async Task A_value_that_is_no_sid_never_reaches_a_path(string sid) =>
        await Should.ThrowAsync<ArgumentException>(() => PlacingACallTests.Client("http://127.0.0.1:1").GetCallAsync(sid, CancellationToken.None));
}
