using System.Collections;
using System.Text;

namespace Dialer.Simulator.Wire;

/// <summary>Form or query fields in the order given; a name may repeat. Names are case-sensitive, as Twilio's are.</summary>
public sealed class Form : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _fields = [];

    public int Count => _fields.Count;

    /// <summary>The first value under this name, or null; setting replaces every value of the name.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var field in _fields)
            {
                if (field.Key == name)
                    return field.Value;
            }

            return null;
        }
        set
        {
            _fields.RemoveAll(f => f.Key == name);
            if (value is not null)
                _fields.Add(new(name, value));
        }
    }

    /// <summary>The first value when it is present and not empty, else null.</summary>
    public string? NonEmpty(string name) => this[name] is { Length: > 0 } value ? value : null;

    public IReadOnlyList<string> All(string name) => [.. _fields.Where(f => f.Key == name).Select(f => f.Value)];

    public bool Has(string name) => _fields.Exists(f => f.Key == name);

    public Form Add(string name, string? value)
    {
        _fields.Add(new(name, value ?? string.Empty));
        return this;
    }

    public Form AddAll(IEnumerable<KeyValuePair<string, string>>? others)
    {
        if (others is not null)
            _fields.AddRange(others);
        return this;
    }

    public Form Copy() => new Form().AddAll(_fields);

    /// <summary>Names and values encoded as <c>application/x-www-form-urlencoded</c>.</summary>
    public string Encode()
    {
        var text = new StringBuilder();
        foreach (var (name, value) in _fields)
        {
            if (text.Length > 0)
                text.Append('&');
            text.Append(Escape(name)).Append('=').Append(Escape(value));
        }

        return text.ToString();
    }

    /// <summary>Reads an encoded form or query string; a leading question mark is ignored.</summary>
    public static Form Decode(string? encoded)
    {
        var form = new Form();
        foreach (var pair in (encoded ?? string.Empty).TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                form.Add(Unescape(pair), string.Empty);
            else
                form.Add(Unescape(pair[..equals]), Unescape(pair[(equals + 1)..]));
        }

        return form;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
