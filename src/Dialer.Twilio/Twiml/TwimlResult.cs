using System.Text;
using Microsoft.AspNetCore.Http;

namespace Dialer.Twilio.Twiml;

/// <summary>A TwiML document as an HTTP answer: its bytes and their length, written at once.</summary>
public sealed class TwimlResult : IResult
{
    private readonly ReadOnlyMemory<byte> _utf8;

    private TwimlResult(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    public static IResult Of(string twiml) => new TwimlResult(Encoding.UTF8.GetBytes(twiml));

    /// <param name="utf8">The whole document.</param>
    public static IResult Of(ReadOnlyMemory<byte> utf8) => new TwimlResult(utf8);

    /// <inheritdoc cref="Of(ReadOnlyMemory{byte})"/>
    public static Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> utf8)
    {
        http.Response.ContentType = Twiml.ContentType;
        http.Response.ContentLength = utf8.Length;
        return http.Response.Body.WriteAsync(utf8).AsTask();
    }

    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, _utf8);
}
