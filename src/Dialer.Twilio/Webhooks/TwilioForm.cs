using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Dialer.Twilio.Webhooks;

/// <summary>The fields of one webhook exactly as sent: names with their case, repeated names kept, values not trimmed.</summary>
/// <remarks>
/// ASP.NET Core's own form merges names that differ in case, which breaks signatures; hence this reader. New fields may appear at any time.
/// Names and values stay the UTF-8 they came as, one after another in one array: the signature is over those bytes, and a webhook has twenty fields of which three are asked for.
/// </remarks>
public sealed class TwilioForm
{
    /// <summary>The longest body read, in bytes. Twilio's are below 4 kB.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxFields = 512;
    private const int UsualFields = 24;
    private const int Few = 48;

    private readonly byte[] _text;
    private readonly Field[] _fields;
    private readonly int _count;
    private KeyValuePair<string, string>[]? _pairs;

    private TwilioForm(byte[] text, Field[] fields, int count)
    {
        _text = text;
        _fields = fields;
        _count = count;
    }

    /// <summary>Every field, in the order it came.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields =>
        _pairs ??= [.. _fields.Take(_count).Select(one => KeyValuePair.Create(Encoding.UTF8.GetString(Name(one)), Encoding.UTF8.GetString(Value(one))))];

    /// <summary>The most bytes that <see cref="CopySorted"/> writes.</summary>
    internal int Length => _count == 0 ? 0 : _fields[_count - 1].End;

    /// <summary>The first value of a field; null when it is absent or empty.</summary>
    /// <param name="name">ASCII, as all names of Twilio's fields are.</param>
    public string? this[string name]
    {
        get
        {
            foreach (ref readonly var one in _fields.AsSpan(0, _count))
            {
                if (one.Value - one.Name == name.Length && Ascii.Equals(Name(one), name))
                    return one.End == one.Value ? null : Encoding.UTF8.GetString(Value(one));
            }

            return null;
        }
    }

    public static TwilioForm Of(params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var text = new ArrayBufferWriter<byte>(1024);
        var list = new Field[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var start = text.WrittenCount;
            Encoding.UTF8.GetBytes(fields[i].Name, text);
            var value = text.WrittenCount;
            Encoding.UTF8.GetBytes(fields[i].Value, text);
            list[i] = new Field(start, value, text.WrittenCount);
        }

        return new TwilioForm(text.WrittenSpan.ToArray(), list, list.Length);
    }

    /// <summary>The verified form of this request. Only endpoints under <see cref="SignatureRequirement.RequireTwilioSignature"/> have one; elsewhere this is a bug and throws.</summary>
    public static ValueTask<TwilioForm?> BindAsync(HttpContext context) => ValueTask.FromResult<TwilioForm?>(Verified(context));

    /// <inheritdoc cref="BindAsync"/>
    public static TwilioForm Verified(HttpContext context) =>
        context.Features.Get<TwilioForm>() ?? throw new InvalidOperationException("This endpoint lacks RequireTwilioSignature().");

    /// <summary>Reads the body once; null when it is too long or not a form.</summary>
    /// <remarks>Where the length is known, what has come is the whole: nobody waits to be told of the end.</remarks>
    internal static async ValueTask<TwilioForm?> ReadAsync(HttpRequest request)
    {
        var length = request.ContentLength;
        if (length > MaxBytes)
            return null;
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync();
            var body = read.Buffer;
            if (read.IsCompleted || body.Length == length || body.Length > MaxBytes)
            {
                var form = body.Length > MaxBytes ? null : body.IsSingleSegment ? Parse(body.FirstSpan) : Parse(body.ToArray());
                reader.AdvanceTo(body.End);
                return form;
            }

            reader.AdvanceTo(body.Start, body.End);
        }
    }

    /// <summary>Parses <c>application/x-www-form-urlencoded</c>; null when an escape or the UTF-8 is broken or there are too many fields.</summary>
    public static TwilioForm? Parse(ReadOnlySpan<byte> body)
    {
        var text = new byte[body.Length]; // no field grows by being decoded
        var fields = new Field[UsualFields];
        var (count, end) = (0, 0);
        while (body.Length > 0)
        {
            var ampersand = body.IndexOf((byte)'&');
            var pair = ampersand < 0 ? body : body[..ampersand];
            body = ampersand < 0 ? [] : body[(ampersand + 1)..];
            if (pair.Length == 0)
                continue;
            var equals = pair.IndexOf((byte)'=');
            var name = end;
            if (count == MaxFields || !Decode(equals < 0 ? pair : pair[..equals], text, ref end))
                return null;
            var value = end;
            if (equals >= 0 && !Decode(pair[(equals + 1)..], text, ref end))
                return null;
            if (count == fields.Length)
                Array.Resize(ref fields, count * 2);
            fields[count++] = new Field(name, value, end);
        }

        return new TwilioForm(text, fields, count);
    }

    /// <summary>Writes what a signature is over: names and values one after another, sorted by name, a name's distinct values sorted and each once.</summary>
    /// <returns>The bytes written, at most <see cref="Length"/>.</returns>
    internal int CopySorted(Span<byte> target)
    {
        Span<int> order = _count <= Few ? stackalloc int[Few] : new int[_count];
        order = order[.._count];
        Sort(order);
        var end = 0;
        for (var i = 0; i < order.Length; i++)
        {
            ref readonly var field = ref _fields[order[i]];
            if (i > 0 && Compare(order[i - 1], order[i]) == 0)
                continue;
            _text.AsSpan(field.Name, field.End - field.Name).CopyTo(target[end..]);
            end += field.End - field.Name;
        }

        return end;
    }

    /// <summary>By insertion where there are few, as there are: they come nearly sorted. Many are sorted so that their order cannot be made to cost.</summary>
    private void Sort(Span<int> order)
    {
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        if (order.Length > Few)
        {
            order.Sort(Compare);
            return;
        }

        for (var i = 1; i < order.Length; i++)
        {
            var (moving, at) = (order[i], i);
            for (; at > 0 && Compare(order[at - 1], moving) > 0; at--)
                order[at] = order[at - 1];
            order[at] = moving;
        }
    }

    private int Compare(int one, int other) =>
        Compare(Name(_fields[one]), Name(_fields[other])) is var names and not 0 ? names : Compare(Value(_fields[one]), Value(_fields[other]));

    /// <summary>The order of UTF-16 code units, in which Twilio sorts.</summary>
    private static int Compare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var same = one.CommonPrefixLength(other);
        return same == one.Length || same == other.Length ? one.Length - other.Length : Rank(one[same]) - Rank(other[same]);
    }

    /// <summary>UTF-8 sorts as UTF-16 does but for what takes four bytes: its surrogates come before U+E000.</summary>
    private static int Rank(byte unit) => unit < 0xEE ? unit : unit < 0xF0 ? unit + 5 : unit - 2;

    private ReadOnlySpan<byte> Name(in Field field) => _text.AsSpan(field.Name, field.Value - field.Name);

    private ReadOnlySpan<byte> Value(in Field field) => _text.AsSpan(field.Value, field.End - field.Value);

    /// <summary>False when an escape is broken or the result is not UTF-8.</summary>
    private static bool Decode(ReadOnlySpan<byte> from, byte[] text, ref int end)
    {
        var start = end;
        while (from.Length > 0)
        {
            var plain = from.IndexOfAny((byte)'%', (byte)'+') is var special and >= 0 ? special : from.Length;
            from[..plain].CopyTo(text.AsSpan(end));
            end += plain;
            from = from[plain..];
            if (from.Length == 0)
                break;
            if (from[0] == '+')
            {
                text[end++] = (byte)' ';
                from = from[1..];
                continue;
            }

            if (from.Length < 3 || !char.IsAsciiHexDigit((char)from[1]) || !char.IsAsciiHexDigit((char)from[2]))
                return false;
            text[end++] = (byte)((Digit(from[1]) << 4) | Digit(from[2]));
            from = from[3..];
        }

        return Utf8.IsValid(text.AsSpan(start, end - start));
    }

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;

    /// <summary>Where a name and its value are: the name up to the value, the value up to the end.</summary>
    private readonly record struct Field(int Name, int Value, int End);
}
