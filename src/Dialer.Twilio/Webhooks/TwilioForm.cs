using System.Text;
using Microsoft.AspNetCore.Http;

namespace Dialer.Twilio.Webhooks;

/// <summary>The fields of one webhook exactly as sent: names with their case, repeated names kept, values not trimmed.</summary>
/// <remarks>ASP.NET Core's own form merges names that differ in case, which breaks signatures; hence this reader. New fields may appear at any time.</remarks>
public sealed class TwilioForm
{
    /// <summary>The longest body read, in bytes. Twilio's are below 4 kB.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxFields = 512;

    private TwilioForm(IReadOnlyList<KeyValuePair<string, string>> fields) => Fields = fields;

    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; }

    /// <summary>The first value of a field; null when it is absent or empty.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in Fields)
            {
                if (key == name)
                    return value.Length == 0 ? null : value;
            }

            return null;
        }
    }

    public static TwilioForm Of(params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var list = new List<KeyValuePair<string, string>>(fields.Length);
        foreach (var (name, value) in fields)
            list.Add(new(name, value));
        return new TwilioForm(list);
    }

    /// <summary>The verified form of this request. Only endpoints under <see cref="SignatureRequirement.RequireTwilioSignature"/> have one; elsewhere this is a bug and throws.</summary>
    public static ValueTask<TwilioForm?> BindAsync(HttpContext context) =>
        ValueTask.FromResult<TwilioForm?>(context.Features.Get<TwilioForm>() ?? throw new InvalidOperationException("This endpoint lacks RequireTwilioSignature()."));

    /// <summary>Reads the body once; null when it is too long or not a form.</summary>
    internal static async Task<TwilioForm?> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > MaxBytes)
            return null;
        var buffer = new byte[Math.Min(MaxBytes, (int)(request.ContentLength ?? MaxBytes)) + 1];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancel);
            if (read == 0)
                break;
            length += read;
        }

        return length > MaxBytes || length == buffer.Length ? null : Parse(buffer.AsSpan(0, length));
    }

    /// <summary>Parses <c>application/x-www-form-urlencoded</c>; null when an escape or the UTF-8 is broken or there are too many fields.</summary>
    public static TwilioForm? Parse(ReadOnlySpan<byte> body)
    {
        var fields = new List<KeyValuePair<string, string>>(24);
        while (body.Length > 0)
        {
            var end = body.IndexOf((byte)'&');
            var pair = end < 0 ? body : body[..end];
            body = end < 0 ? [] : body[(end + 1)..];
            if (pair.Length == 0)
                continue;
            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            var value = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
            if (name is null || value is null || fields.Count == MaxFields)
                return null;
            fields.Add(new(name, value));
        }

        return new TwilioForm(fields);
    }

    private static string? Decode(ReadOnlySpan<byte> text)
    {
        if (!text.ContainsAny((byte)'%', (byte)'+'))
            return StrictUtf8.TryDecode(text);
        var bytes = text.Length <= 512 ? stackalloc byte[text.Length] : new byte[text.Length];
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[i + 1]) || !char.IsAsciiHexDigit((char)text[i + 2]))
                    return null;
                bytes[count++] = (byte)((Digit(text[i + 1]) << 4) | Digit(text[i + 2]));
                i += 2;
            }
            else
                bytes[count++] = text[i] == '+' ? (byte)' ' : text[i];
        }

        return StrictUtf8.TryDecode(bytes[..count]);
    }

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;

    private static class StrictUtf8
    {
        private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        public static string? TryDecode(ReadOnlySpan<byte> bytes)
        {
            try
            {
                return Encoding.GetString(bytes);
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }
    }
}
