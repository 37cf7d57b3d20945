using NodaTime;

namespace Dialer.Simulator.Engine;

/// <summary>What kind of account the network plays, and how. Times are simulated seconds unless a name says otherwise.</summary>
public sealed record NetworkOptions
{
    public const string ApiVersion = "2010-04-01";

    public string AccountSid { get; init; } = "AC00000000000000000000000000000001";

    /// <summary>The primary auth token: authenticates REST requests and signs webhooks.</summary>
    public string AuthToken { get; init; } = "simulated-auth-token";

    /// <summary>API keys: SID to secret. They authenticate REST requests and sign access tokens; they never sign webhooks.</summary>
    public IReadOnlyDictionary<string, string> ApiKeys { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>A second account that only plays the magic numbers of test credentials; null for none.</summary>
    public string? TestAccountSid { get; init; }

    public string? TestAuthToken { get; init; }

    public long Seed { get; init; } = 1;

    /// <summary>Simulated instant at which the network starts.</summary>
    public Instant Start { get; init; } = Instant.FromUtc(2026, 3, 3, 15, 0);

    /// <summary>Outbound calls started a second (POST Calls and Participants); Twilio's own default is 1.</summary>
    public double CallsPerSecond { get; init; } = 30;

    /// <summary>Live calls at once, or null for no limit (an approved business profile).</summary>
    public int? Concurrency { get; init; }

    /// <summary>REST requests under way at once before 429 answers; null for no limit.</summary>
    public int? RestConcurrency { get; init; }

    /// <summary>True makes From be checked against owned and verified numbers (21210). Always on for real Twilio.</summary>
    public bool CheckCallerId { get; init; } = true;

    /// <summary>Numbers this account owns from the start, E.164.</summary>
    public IReadOnlyList<string> OwnedNumbers { get; init; } = [];

    /// <summary>Numbers verified as caller ids, E.164.</summary>
    public IReadOnlyList<string> VerifiedNumbers { get; init; } = [];

    /// <summary>Pay's action must be https at Twilio; a demo on one machine may allow http.</summary>
    public bool AllowHttpPay { get; init; }

    /// <summary>How long REST reads lag behind writes (eventual consistency of fetched calls).</summary>
    public double ReadLagSeconds { get; init; }

    /// <summary>Median of the virtual transport's one-way delivery time.</summary>
    public double VirtualLatencySeconds { get; init; } = 0.06;

    /// <summary>Days after which completed calls, conferences and recordings are forgotten, so that memory stays flat.</summary>
    public double KeepCompletedHours { get; init; } = 4;

    /// <summary>Most completed calls kept for REST reads, whatever their age.</summary>
    public int KeepCompletedCalls { get; init; } = 100_000;

    /// <summary>IANA zone for "answer rates by hour" when a number's area code says nothing.</summary>
    public string DefaultZone { get; init; } = "America/New_York";

    /// <summary>Probability that a person who missed a call, or whose voicemail took it, calls the number back after some minutes.</summary>
    public double CallBackProbability { get; init; }

    /// <summary>Inbound calls an hour from people of the people file, beside call-backs.</summary>
    public double InboundPerHour { get; init; }
}
