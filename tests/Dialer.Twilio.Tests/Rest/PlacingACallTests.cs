using System.Net;
using System.Net.Sockets;
using System.Text;
using Dialer.Core.Numbers;
using Dialer.Twilio.Rest;
using Microsoft.Extensions.Options;

namespace Dialer.Twilio.Tests.Rest;

/// <summary>Whatever the network does, one request to call somebody leaves at most once, and the answer says honestly whether a call may exist.</summary>
public sealed class PlacingACallTests
{
    private const string Created = "{\"sid\":\"CA0123456789abcdef0123456789abcdef\",\"status\":\"queued\",\"queue_time\":\"1500\"}";

    private static readonly CreateCall Call = new()
    {
        To = PhoneNumber.Parse("+14045550123"),
        From = PhoneNumber.Parse("+18005550199"),
        Url = "https://calls.example.com/twilio/voice/answer?t=a b&c",
        StatusCallback = "https://calls.example.com/twilio/voice/status?t=x",
        StatusCallbackEvents = [CallEventName.Initiated, CallEventName.Ringing, CallEventName.Answered, CallEventName.Completed],
        MachineDetection = MachineDetection.Enable,
        AsyncAmd = true,
    };

    [Fact]
    public async Task A_created_call_is_placed_with_its_sid_and_queue_time()
    {
        await using var server = RawServer.Answering((201, Created));
        (await PlaceAsync(server.Url)).ShouldBe(new CallPlacement.Placed("CA0123456789abcdef0123456789abcdef", TimeSpan.FromSeconds(1.5)));
        server.Bodies[0].ShouldBe(
            "To=%2B14045550123&From=%2B18005550199&Url=https%3A%2F%2Fcalls.example.com%2Ftwilio%2Fvoice%2Fanswer%3Ft%3Da%20b%26c&Method=POST"
            + "&StatusCallback=https%3A%2F%2Fcalls.example.com%2Ftwilio%2Fvoice%2Fstatus%3Ft%3Dx&StatusCallbackEvent=initiated&StatusCallbackEvent=ringing&StatusCallbackEvent=answered&StatusCallbackEvent=completed"
            + "&Timeout=22&MachineDetection=Enable&AsyncAmd=true");
    }

    [Theory]
    [InlineData(400, "{\"code\":21217,\"message\":\"+14045550123 is not valid\",\"status\":400}", 21217, false)]
    [InlineData(401, "{\"code\":20003,\"status\":401}", 20003, false)]
    [InlineData(404, "not json", null, false)]
    [InlineData(429, "{\"code\":20429,\"status\":429}", 20429, true)]
    public async Task A_refusal_is_certain_and_its_message_holds_no_number(int status, string body, int? code, bool retryable)
    {
        await using var server = RawServer.Answering((status, body));
        var refused = (await PlaceAsync(server.Url)).ShouldBeOfType<CallPlacement.Refused>();
        refused.ShouldSatisfyAllConditions(() => refused.Status.ShouldBe(status), () => refused.Code.ShouldBe(code), () => refused.Retryable.ShouldBe(retryable));
        refused.Message.ShouldNotContain("404555");
        server.Requests.ShouldBe(1);
    }

    [Theory]
    [InlineData(500, "{\"code\":20500}")]
    [InlineData(502, "")]
    [InlineData(503, "{}")]
    [InlineData(408, "")]
    [InlineData(301, "")]
    [InlineData(201, "<html>")]
    [InlineData(201, "{\"status\":\"queued\"}")]
    public async Task An_answer_that_proves_nothing_is_unknown_and_is_not_asked_again(int status, string body)
    {
        await using var server = RawServer.Answering((status, body));
        (await PlaceAsync(server.Url)).ShouldBeOfType<CallPlacement.Unknown>();
        server.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_cut_after_the_request_is_unknown_and_is_not_asked_again()
    {
        await using var server = new RawServer((_, stream) =>
        {
            stream.Socket.Close(0);
            return Task.CompletedTask;
        });
        (await PlaceAsync(server.Url)).ShouldBeOfType<CallPlacement.Unknown>();
        server.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_cut_inside_the_answer_is_unknown()
    {
        await using var server = new RawServer(async (_, stream) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{\"sid\":\"CA01"));
            stream.Socket.Close(0);
        });
        (await PlaceAsync(server.Url)).ShouldBeOfType<CallPlacement.Unknown>();
    }

    [Fact]
    public async Task A_kept_connection_that_the_other_side_closes_on_the_next_request_is_unknown_not_sent_again()
    {
        await using var server = new RawServer(async (number, stream) =>
        {
            if (number == 0)
                await RawServer.WriteAsync(stream, 201, Created);
            else
                stream.Socket.Close(0);
        });
        var client = Client(server.Url);
        (await client.CreateCallAsync(Call, CancellationToken.None)).ShouldBeOfType<CallPlacement.Placed>();
        (await client.CreateCallAsync(Call, CancellationToken.None)).ShouldBeOfType<CallPlacement.Unknown>();
        server.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task Silence_after_the_request_is_unknown()
    {
        using var release = new SemaphoreSlim(0);
        await using var server = new RawServer((_, _) => release.WaitAsync());
        var placement = await PlaceAsync(server.Url, timeout: 1);
        release.Release();
        placement.ShouldBe(new CallPlacement.Unknown("No answer within 1 s."));
    }

    [Fact]
    public async Task A_refused_connection_is_a_retryable_refusal_because_nothing_was_sent()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var refused = (await PlaceAsync($"http://127.0.0.1:{port}")).ShouldBeOfType<CallPlacement.Refused>();
        refused.Status.ShouldBe(0);
        refused.Retryable.ShouldBeTrue();
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_a_retryable_refusal() =>
        (await PlaceAsync("http://does-not-exist.invalid")).ShouldBeOfType<CallPlacement.Refused>().Retryable.ShouldBeTrue();

    [Fact]
    public async Task A_failed_TLS_handshake_is_a_retryable_refusal_because_nothing_was_sent()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accepted = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync();
            await socket.SendAsync("not TLS at all\r\n\r\n"u8.ToArray());
        });
        (await PlaceAsync($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")).ShouldBeOfType<CallPlacement.Refused>().Retryable.ShouldBeTrue();
        await accepted;
        listener.Stop();
    }

    [Fact]
    public async Task Cancelling_before_anything_was_sent_is_a_refusal_and_nothing_is_sent_later()
    {
        await using var server = RawServer.Answering((201, Created));
        (await Client(server.Url).CreateCallAsync(Call, new CancellationToken(canceled: true))).ShouldBeOfType<CallPlacement.Refused>().Status.ShouldBe(0);
        server.Requests.ShouldBe(0);
    }

    internal static TwilioClient Client(string url, double timeout = 10)
    {
        var options = new TwilioOptions { AccountSid = "AC" + new string('1', 32), AuthToken = "secret", BaseUrl = url, RequestTimeoutSeconds = timeout };
        return new TwilioClient(new HttpClient(TwilioModule.Transport(options)) { Timeout = Timeout.InfiniteTimeSpan }, Options.Create(options), TimeProvider.System);
    }

    private static Task<CallPlacement> PlaceAsync(string url, double timeout = 10) => Client(url, timeout).CreateCallAsync(Call, CancellationToken.None);
}
