using System.Diagnostics.CodeAnalysis;

namespace Dialer.Twilio.Rest;

/// <summary>The answer to a read or to an update that may be repeated: a value, or why there is none.</summary>
public sealed record TwilioAnswer<T>(T? Value, TwilioError? Error)
    where T : class
{
    public bool Succeeded([NotNullWhen(true)] out T? value)
    {
        value = Value;
        return value is not null;
    }
}

/// <summary>Why a request gave nothing.</summary>
/// <param name="Status">HTTP status; 0 when no answer arrived.</param>
/// <param name="Code">Twilio's error code, such as 20404 or 21220; null when it gave none.</param>
/// <param name="Message">For people; without personal data.</param>
public sealed record TwilioError(int Status, int? Code, string Message)
{
    public bool IsNotFound => Status == 404;

    /// <summary>The call is not in a state in which it can be changed (21220): it has ended, or not begun.</summary>
    public bool CallIsNotInProgress => Code == 21220;
}
