using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dialer.Core.Compliance;

/// <summary>A digest of what a decision was made from: equal facts in any order give the same one.</summary>
internal static class FactsFingerprint
{
    public static string Of(ContactRequest request, ContactFacts facts)
    {
        var text = new StringBuilder(512);
        text.Append(CultureInfo.InvariantCulture, $"{request.Person.Value}|{request.Account?.Value}|{Digits(request.To)}|{request.Mode}|{request.Purpose}|{request.Channel}|{request.ArtificialVoice}|{request.Relation}|{Digits(request.From)}\n");
        text.Append(CultureInfo.InvariantCulture, $"{facts.Role}|{facts.Debt}|{facts.AccountOpen}|{facts.TimeBarred}|{facts.Phone.Line}|{facts.Phone.Place}|{facts.Phone.Status}|{facts.Phone.Source}|{facts.Phone.ProtectedLine}|{facts.Language}\n");
        var place = facts.Place;
        text.Append(CultureInfo.InvariantCulture, $"{place.State}|{place.Zip}|{place.City}|{place.Country}|{place.KnownZone?.Id}|{place.KnownState}\n");
        text.Append(CultureInfo.InvariantCulture, $"{facts.FirstCommunicationAt}|{facts.EmployerProhibits}|{facts.LastTextFromPerson}|{facts.ActivePromise}|{facts.FirstWrittenAt}|{facts.ValidationSentOn}\n");
        Lines(text, 'A', facts.Attempts.Select(a => $"{a.At:uuuu-MM-ddTHH:mm:ss.fffffff}|{a.Account?.Value}|{Digits(a.To)}|{a.Channel}|{a.Counted}|{a.Exclusion}|{a.ArtificialVoice}|{a.Inbound}|{a.Connected}|{a.Place}|{a.Purpose}|{a.Abandoned}|{a.OtherPerson}"));
        Lines(text, 'V', facts.Conversations.Select(c => $"{c.At:uuuu-MM-ddTHH:mm:ss.fffffff}|{c.Account?.Value}|{c.Inbound}"));
        Lines(text, 'C', facts.Consents.Select(c => $"{c.At:uuuu-MM-ddTHH:mm:ss.fffffff}|{c.Channel}|{c.Kind}|{c.Scope}|{Digits(c.Number)}|{c.Account?.Value}|{c.From}|{c.Until}"));
        Lines(text, 'H', facts.Holds.Select(h => $"{h.Kind}|{h.Account?.Value}|{h.Until}"));
        Lines(text, 'T', facts.InconvenientTimes.Select(t => $"{string.Join(' ', t.Days.Order())}|{t.From}|{t.To}"));
        Lines(text, 'P', facts.InconvenientPlaces.Select(place => place.ToString()));
        Lines(text, 'L', facts.Lists.Select(l => $"{l.List}|{l.Answer}|{l.CheckedAt}|{l.ExpiresAt}"));
        Lines(text, 'S', facts.LicensedStates?.Select(state => state) ?? ["-"]);
        Lines(text, 'N', facts.OwnedNumbers?.Select(Digits) ?? ["-"]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Lines(StringBuilder text, char kind, IEnumerable<string> lines)
    {
        foreach (var line in lines.Order(StringComparer.Ordinal))
            text.Append(kind).Append(line).Append('\n');
    }

    private static string Digits(Numbers.PhoneNumber number) => number.IsEmpty ? "" : number.E164;
}
