using Dialer.Twilio.Twiml;
using Microsoft.AspNetCore.Http;

namespace Dialer.Features.Dialing;

/// <summary>A TwiML document as an HTTP answer.</summary>
public static class TwimlResult
{
    public static IResult Of(string twiml) => Results.Text(twiml, Twiml.ContentType);
}
