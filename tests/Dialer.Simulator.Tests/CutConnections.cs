using System.Net;
using System.Net.Sockets;
using System.Text;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Faults;
using Dialer.Simulator.People;
using Dialer.Simulator.Serving;

namespace Dialer.Simulator.Tests;

/// <summary>Where a connection of POST Calls breaks, as a client sees it on its socket.</summary>
public class CutConnections
{
    [Fact]
    public async Task Before_the_request_nothing_of_it_is_waited_for_and_no_call_is_made()
    {
        var (answer, calls) = await SendAsync("cut-before", body: 0);
        (answer, calls).ShouldBe(("", 0));
    }

    [Fact]
    public async Task Within_the_request_its_beginning_is_taken_and_no_call_is_made()
    {
        var (answer, calls) = await SendAsync("cut-within-request", body: 10);
        (answer, calls).ShouldBe(("", 0));
    }

    [Fact]
    public async Task After_the_request_nothing_is_answered_and_the_call_is_made()
    {
        var (answer, calls) = await SendAsync("cut-after-request", body: int.MaxValue);
        (answer, calls).ShouldBe(("", 1));
    }

    [Fact]
    public async Task Within_the_response_half_of_it_arrives_and_the_call_is_made()
    {
        var (answer, calls) = await SendAsync("cut-within-response", body: int.MaxValue);
        var parts = answer.Split("\r\n\r\n", 2);
        var promised = int.Parse(parts[0].Split("\r\n").First(line => line.StartsWith("Content-Length", StringComparison.OrdinalIgnoreCase)).Split(':')[1]);
        parts[1].Length.ShouldBe(promised / 2);
        calls.ShouldBe(1);
    }

    /// <summary>Sends the request's head and so much of its body, and reads until the network ends the connection. What is not sent is never sent: a network that waited for it would not end.</summary>
    private static async Task<(string Answer, int Calls)> SendAsync(string action, int body)
    {
        var options = new NetworkOptions { AuthToken = World.Token, OwnedNumbers = [World.Ours], CallBackProbability = 0 };
        var fault = FaultRule.Read($"{{\"on\":\"post-calls\",\"action\":\"{action}\"}}");
        await using var server = await NetworkServer.StartAsync(options, new ServerOptions { Faults = fault }, NetworkClock.RealTime(TimeProvider.System), PhoneBook.Empty, CancellationToken.None);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        var form = $"To=%2B14155550000&From={Uri.EscapeDataString(World.Ours)}&Url=https%3A%2F%2Fproduct.example%2Fanswer";
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.AccountSid}:{options.AuthToken}"));
        var request = $"POST /2010-04-01/Accounts/{options.AccountSid}/Calls.json HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {basic}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n\r\n";
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request + form[..Math.Min(body, form.Length)]));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, patience.Token);
        }
        catch (IOException)
        {
            // a reset is an end too
        }

        return (Encoding.UTF8.GetString(answer.ToArray()), await server.Loop.AskAsync(() => server.Network.Calls.Count));
    }
}
