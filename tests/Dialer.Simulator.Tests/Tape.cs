using System.Buffers.Binary;
using Dialer.Simulator.Recordings;
using Dialer.Simulator.Rest;

namespace Dialer.Simulator.Tests;

/// <summary>A recording as it is downloaded, listened to: which keys sound on which channel, and when anything sounds at all.</summary>
internal sealed class Tape
{
    private const int Header = 44;
    private const int Window = 800;
    private readonly double[][] _channels;

    public Tape(byte[] wav)
    {
        var channels = BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(22));
        var samples = (wav.Length - Header) / 2 / channels;
        _channels = [.. Enumerable.Range(0, channels).Select(c => Enumerable.Range(0, samples).Select(i => (double)BitConverter.ToInt16(wav, Header + (((i * channels) + c) * 2))).ToArray())];
    }

    public static Tape Of(World world, string recordingSid) => new(world.Virtual.Api.Handle(
        new RestRequest("GET", $"/2010-04-01/Accounts/{world.Options.AccountSid}/Recordings/{recordingSid}.wav", [], [], world.Options.AccountSid, World.Token)).Media.ShouldNotBeNull());

    public int Channels => _channels.Length;

    public double Seconds => _channels[0].Length / (double)Wav.Rate;

    /// <summary>The keys heard, found by Goertzel over 100 ms windows.</summary>
    public string Keys(int channel = 0)
    {
        var found = string.Empty;
        foreach (var window in _channels[channel].Chunk(Window).Where(w => w.Length == Window))
        {
            foreach (var key in "0123456789*#")
            {
                var (low, high) = Wav.Frequencies(key);
                if (Power(window, low) > 1e12 && Power(window, high) > 1e12 && !found.EndsWith(key))
                    found += key;
            }
        }

        return found;
    }

    /// <summary>How many seconds of this channel are not silent.</summary>
    public double Sounding(int channel = 0) => _channels[channel].Chunk(Window).Count(w => w.Any(sample => Math.Abs(sample) > 300)) * Window / (double)Wav.Rate;

    /// <summary>True when nothing is to be heard between these seconds.</summary>
    public bool Silent(double from, double until, int channel = 0) =>
        _channels[channel][(int)(from * Wav.Rate)..Math.Min(_channels[channel].Length, (int)(until * Wav.Rate))].All(sample => sample == 0);

    private static double Power(double[] window, int frequency)
    {
        var k = 2 * Math.Cos(2 * Math.PI * frequency / Wav.Rate);
        double a = 0, b = 0;
        foreach (var sample in window)
            (a, b) = (sample + (k * a) - b, a);
        return (a * a) + (b * b) - (k * a * b);
    }
}
