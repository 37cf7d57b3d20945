using System.Buffers.Binary;

namespace Dialer.Simulator.Recordings;

/// <summary>A recording as sound: 8 kHz, 16 bit PCM. Keys sound as their two DTMF tones, speech and music as a low hum, pauses are silent.</summary>
/// <remarks>Of two channels the first is what came from the leg, the second what the leg heard; one channel is both.</remarks>
public static class Wav
{
    public const int Rate = 8000;
    private const int HeaderBytes = 44;
    private const int LongestSeconds = 3600;
    private static readonly int[] Rows = [697, 770, 852, 941];
    private static readonly int[] Columns = [1209, 1336, 1477, 1633];

    /// <summary>Bytes of the file that <see cref="Render"/> makes.</summary>
    public static int Size(Recording recording) => HeaderBytes + ((int)(Math.Min(recording.Seconds, LongestSeconds) * Rate) * recording.Settings.Channels * 2);

    public static byte[] Render(Recording recording)
    {
        var seconds = Math.Min(recording.Seconds, LongestSeconds);
        var channels = recording.Settings.Channels;
        var samples = (int)(seconds * Rate);
        var bytes = new byte[HeaderBytes + (samples * channels * 2)];
        Header(bytes, samples, channels);
        foreach (var sound in recording.Sounds)
        {
            var from = (int)((sound.At - recording.KeptFrom).TotalSeconds * Rate);
            var until = Math.Min(samples, from + (int)(sound.Seconds * Rate));
            for (var i = Math.Max(0, from); i < until; i++)
                Add(bytes, (i * channels) + (channels == 2 && sound.Side == Side.Far ? 1 : 0), Sample(sound, i - from));
        }

        return bytes;
    }

    /// <summary>The two frequencies of a key, in hertz.</summary>
    public static (int Low, int High) Frequencies(char key)
    {
        var index = "123A456B789C*0#D".IndexOf(key, StringComparison.Ordinal);
        return index < 0 ? (0, 0) : (Rows[index / 4], Columns[index % 4]);
    }

    private static double Sample(Sound sound, int index)
    {
        var t = index / (double)Rate;
        if (sound.Key is { } key)
        {
            var (low, high) = Frequencies(key);
            return 0.3 * (Math.Sin(2 * Math.PI * low * t) + Math.Sin(2 * Math.PI * high * t));
        }

        return 0.12 * Math.Sin(2 * Math.PI * 180 * t) * (0.6 + (0.4 * Math.Sin(2 * Math.PI * 3 * t)));
    }

    private static void Add(byte[] bytes, int index, double value)
    {
        var at = bytes.AsSpan(HeaderBytes + (index * 2));
        var mixed = BinaryPrimitives.ReadInt16LittleEndian(at) + (value * short.MaxValue);
        BinaryPrimitives.WriteInt16LittleEndian(at, (short)Math.Clamp(mixed, short.MinValue, short.MaxValue));
    }

    private static void Header(Span<byte> bytes, int samples, int channels)
    {
        "RIFF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], bytes.Length - 8);
        "WAVEfmt "u8.CopyTo(bytes[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[20..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[22..], (short)channels);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[24..], Rate);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[28..], Rate * channels * 2);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[32..], (short)(channels * 2));
        BinaryPrimitives.WriteInt16LittleEndian(bytes[34..], 16);
        "data"u8.CopyTo(bytes[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[40..], samples * channels * 2);
    }
}

/// <summary>Silent MP3 of a given length (MPEG-2 layer III, 16 kHz mono, 8 kbit/s): the format is real, the sound is only in the WAV.</summary>
public static class Mp3
{
    private const double FrameSeconds = 576.0 / 16000;
    private const int FrameBytes = 36;

    public static byte[] Silence(double seconds)
    {
        var frames = Math.Max(1, (int)Math.Ceiling(Math.Min(seconds, 3600) / FrameSeconds));
        var bytes = new byte[frames * FrameBytes];
        for (var i = 0; i < frames; i++)
        {
            ReadOnlySpan<byte> header = [0xFF, 0xF3, 0x18, 0xC4];
            header.CopyTo(bytes.AsSpan(i * FrameBytes));
        }

        return bytes;
    }
}
