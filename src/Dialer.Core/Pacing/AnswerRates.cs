using NodaTime;

namespace Dialer.Core.Pacing;

/// <summary>Chance that a person, or a machine, answers a dial: learned for the campaign and each class of number, by hour, with forgetting.</summary>
/// <remarks>
/// The campaign's rate is that of <see cref="Memories"/>; the counts here say how classes of number differ, and are all there is under the first rules. Counts fade with a half-life of 20 minutes or <see cref="HalfLifeDials"/> dials, whichever is longer; under the first rules after an alarm with one of 3 minutes for 5 minutes.
/// A call still ringing counts as a dial to the extent that people would have answered by its age, so that a falling rate shows before the ring timeout.
/// Classes shrink to the campaign, the campaign to its prior; past days rescale the counts when the hour changes.
/// </remarks>
public sealed class AnswerRates
{
    private const double HalfLifeDials = 150;
    private const double HalfLifeSeconds = 1200;
    internal const double PriorDials = 20;
    internal const double ClassPriorDials = 40;
    private const double AlarmHalfLifeSeconds = 180;
    private const double AlarmHalfLifeDials = 50;
    private const double AlarmSeconds = 300;
    private const double EvidenceAfterAlarm = 60;

    /// <summary>For so long after an alarm the calls that were in flight at it come to their ends without their quicker siblings, whose counts were dropped: they say nothing about change.</summary>
    private const double FlightSeconds = 40;

    public double[] Humans { get; init; } = new double[CallClass.Count];

    public double[] Machines { get; init; } = new double[CallClass.Count];

    public double[] Dials { get; init; } = new double[CallClass.Count];

    public double[] HourHumans { get; init; } = new double[24];

    public double[] HourDials { get; init; } = new double[24];

    public int Hour { get; set; } = -1;

    public long Resolved { get; set; }

    /// <summary>Seconds since 1970 of the last resolution.</summary>
    public double LastAt { get; set; }

    public double AlarmUntil { get; set; }

    /// <summary>Resolutions, each fading with a time constant of a minute. An alarm keeps no less evidence than this: else the slow outcomes of the calls in flight at it would be most of what is left.</summary>
    public double LastMinute { get; set; }

    public ChangeAlarm Alarm { get; init; } = new();

    /// <summary>The campaign's rate over several memories; empty under rules that know one memory and the alarm.</summary>
    public AnswerMemories Memories { get; init; } = new();

    /// <summary>Learns one resolved dial.</summary>
    internal void Learn(Instant at, CallClass kind, bool human, bool machine, double expected, PacingTuning tuning, double presumed, (double Seconds, double By) age)
    {
        var seconds = Seconds(at);
        TurnHour(at, tuning);
        var idle = LastAt == 0 ? 0 : Math.Max(0, seconds - LastAt);
        FadeAll(seconds, idle);
        if (tuning.RateMemories.Count > 0)
        {
            if (Memories.Weights.Length == 0)
                Memories.Start(tuning, Dials.Sum(), Humans.Sum(), Machines.Sum());
            Memories.Learn(human, machine, idle, age.Seconds, age.By, tuning.RateShare, presumed);
        }

        Dials[kind.Index]++;
        Humans[kind.Index] += human ? 1 : 0;
        Machines[kind.Index] += machine ? 1 : 0;
        HourDials[Hour]++;
        HourHumans[Hour] += human ? 1 : 0;
        Resolved++;
        if (tuning.RateMemories.Count > 0)
            return;
        if (seconds < AlarmUntil - AlarmSeconds + FlightSeconds || !Alarm.Feed(human, expected, LastMinute))
            return;
        AlarmUntil = seconds + AlarmSeconds;
        Keep(Math.Max(EvidenceAfterAlarm, LastMinute));
    }

    /// <param name="idle">Seconds since the last resolution.</param>
    private void FadeAll(double seconds, double idle)
    {
        LastAt = seconds;
        LastMinute = LastMinute * Math.Exp(-idle / 60) + 1;
        var alarmed = seconds < AlarmUntil;
        var halfLives = Math.Min(idle / (alarmed ? AlarmHalfLifeSeconds : HalfLifeSeconds), 1 / (alarmed ? AlarmHalfLifeDials : HalfLifeDials));
        Scale(Math.Pow(2, -halfLives));
    }

    /// <summary>After a sudden change, keep no more evidence than so many dials.</summary>
    private void Keep(double dials)
    {
        var total = Dials.Sum();
        if (total > dials)
            Scale(dials / total);
    }

    private void Scale(double by)
    {
        for (var i = 0; i < CallClass.Count; i++)
        {
            Humans[i] *= by;
            Machines[i] *= by;
            Dials[i] *= by;
        }
    }

    /// <summary>When the hour turns, what past days saw at this hour against the last one rescales the counts that are carried over.</summary>
    private void TurnHour(Instant at, PacingTuning tuning)
    {
        var hour = at.InUtc().Hour;
        if (hour == Hour)
            return;
        if (Hour >= 0 && HourDials[hour] > 200 && HourDials[Hour] > 200)
        {
            var ratio = Math.Clamp(
                tuning.RateMemories.Count > 0
                    ? Shrunk(HourHumans[hour], HourDials[hour], HourHumans[Hour], HourDials[Hour])
                    : HourHumans[hour] / HourDials[hour] / (HourHumans[Hour] / HourDials[Hour] + 1e-9),
                0.5, 2);
            for (var i = 0; i < CallClass.Count; i++)
                Humans[i] = Math.Min(Humans[i] * ratio, Dials[i]);
            Memories.Rescale(ratio);
        }

        HourDials[hour] *= 0.8;
        HourHumans[hour] *= 0.8;
        Hour = hour;
    }

    /// <summary>Ratio of two shares, drawn towards 1 by as much of its logarithm as chance explains (James and Stein's positive part): two hours that differ by chance alone are one hour.</summary>
    private static double Shrunk(double humans, double dials, double humansBefore, double dialsBefore)
    {
        if (humans < 1 || humansBefore < 1)
            return 1;
        var (share, before) = (humans / dials, humansBefore / dialsBefore);
        var difference = Math.Log(share / before);
        var chance = (1 - share) / humans + (1 - before) / humansBefore;
        return Math.Exp(difference * Math.Max(0, 1 - chance / Math.Max(1e-12, difference * difference)));
    }

    internal static double Seconds(Instant at) => (at - NodaConstants.UnixEpoch).TotalSeconds;
}

/// <summary>A two-sided cumulative sum on standardised answer residuals (Page's test): rings when the answer rate has moved by about a quarter of a standard deviation for about 200 dials.</summary>
/// <remarks>By Siegmund's approximation it rings falsely once in about 14,000 dials: some times a day on a large floor. At a threshold of 16 it rang once in 1,100, on a large floor all the time, and each time nearly all evidence was dropped.</remarks>
public sealed class ChangeAlarm
{
    private const double Slack = 0.125;
    private const double Threshold = 26;

    public double Up { get; set; }

    public double Down { get; set; }

    /// <param name="lastMinute">Resolutions of the last minute: calls launched together end together, which looks like change for as many calls as are in flight.</param>
    internal bool Feed(bool answered, double expected, double lastMinute = 0)
    {
        var residual = ((answered ? 1 : 0) - expected) / Math.Sqrt(expected * (1 - expected));
        Up = Math.Max(0, Up + residual - Slack);
        Down = Math.Max(0, Down - residual - Slack);
        if (Math.Max(Up, Down) < Threshold + lastMinute / 20)
            return false;
        Up = Down = 0;
        return true;
    }
}
