using Dialer.Simulator.Wire;

namespace Dialer.Simulator.Rest;

/// <summary>What parameters may hold. Each check gives Twilio's refusal (400 with its code), or null when all are good; a parameter that is absent or empty is good.</summary>
internal static class Check
{
    /// <summary>"Invalid parameter": what Twilio answers when no code of its own exists for one.</summary>
    public const int BadParameter = 20001;

    public static RestReply? Words(Form body, ReadOnlySpan<(string Name, string Allowed)> rules, int code = BadParameter)
    {
        foreach (var (name, allowed) in rules)
        {
            if (body.NonEmpty(name) is { } word && !allowed.Split(' ').Contains(word, StringComparer.Ordinal))
                return RestReply.Error(400, code, $"Invalid {name}: {word}");
        }

        return null;
    }

    public static RestReply? Ranges(Form body, ReadOnlySpan<(string Name, int Least, int Most)> rules, int code = BadParameter)
    {
        foreach (var (name, least, most) in rules)
        {
            if (body.NonEmpty(name) is { } text && (!int.TryParse(text, out var number) || number < least || number > most))
                return RestReply.Error(400, code, $"{name} must be between {least} and {most}.");
        }

        return null;
    }

    public static RestReply? Methods(Form body, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (body.NonEmpty(name) is { } method && method is not ("GET" or "POST"))
                return RestReply.Error(400, 21209, $"{name} must be GET or POST.");
        }

        return null;
    }

    public static RestReply? Urls(Form body, int code, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (body.NonEmpty(name) is { } url && !IsWebAddress(url))
                return RestReply.Error(400, code, $"{name} is not a valid URL: {url}");
        }

        return null;
    }

    /// <summary>Event names come as repeated parameters or as one with spaces between.</summary>
    public static RestReply? Events(Form body, string name, string allowed) =>
        body.All(name).SelectMany(v => v.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault(e => !allowed.Split(' ').Contains(e, StringComparer.Ordinal)) is { } unknown
            ? RestReply.Error(400, 21626, $"Invalid {name}: {unknown}")
            : null;

    public static RestReply? Sids(Form body, params ReadOnlySpan<(string Name, string Prefix)> rules)
    {
        foreach (var (name, prefix) in rules)
        {
            if (body.NonEmpty(name) is { } sid && !Engine.Sids.Is(sid, prefix))
                return RestReply.Error(400, BadParameter, $"Invalid {name}: {sid}");
        }

        return null;
    }

    public static RestReply? Longest(Form body, params ReadOnlySpan<(string Name, int Most)> rules)
    {
        foreach (var (name, most) in rules)
        {
            if (body.NonEmpty(name) is { } text && text.Length > most)
                return RestReply.Error(400, BadParameter, $"{name} has at most {most} characters.");
        }

        return null;
    }

    /// <summary>True for an absolute http or https address with a host.</summary>
    public static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri!.Host.Length > 0;
}
