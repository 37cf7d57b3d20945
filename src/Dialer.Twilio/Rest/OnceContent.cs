using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Dialer.Twilio.Rest;

/// <summary>A form body that knows whether any of it was handed to the transport, and that can be handed over only once.</summary>
/// <remarks>
/// A request whose body never began cannot have been executed, whatever the exception says; a request whose body began may have been.
/// Serialising twice throws, so neither a redirect nor the transport's own retry on a stale connection can send a call a second time.
/// After <see cref="Forbid"/> returned true the body can never be sent any more, even by a transport that is slow to notice a cancellation.
/// </remarks>
internal sealed class OnceContent : HttpContent
{
    private const int Fresh = 0;
    private const int Begun = 1;
    private const int Forbidden = 2;

    private readonly byte[] _bytes;
    private int _state;

    public OnceContent(IEnumerable<KeyValuePair<string, string>> form)
    {
        _bytes = FormText.Encode(form);
        Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
    }

    /// <summary>True when the body had not begun and from now on never will.</summary>
    public bool Forbid() => Interlocked.CompareExchange(ref _state, Forbidden, Fresh) == Fresh;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        Begin();
        await stream.WriteAsync(_bytes);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Begin();
        await stream.WriteAsync(_bytes, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _bytes.Length;
        return true;
    }

    private void Begin()
    {
        if (Interlocked.CompareExchange(ref _state, Begun, Fresh) != Fresh)
            throw new InvalidOperationException("This request was already sent, or its sending was given up.");
    }
}

internal static class FormText
{
    public static byte[] Encode(IEnumerable<KeyValuePair<string, string>> form)
    {
        var text = new StringBuilder(512);
        foreach (var (name, value) in form)
        {
            if (text.Length > 0)
                text.Append('&');
            text.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
