using NodaTime;

namespace Dialer.Simulator.Rest;

/// <summary>An item of a list: its SID, and the instant by which the list is ordered.</summary>
public readonly record struct PageKey(string Sid, Instant At);

/// <summary>The opaque token in a list's links: <c>PA</c> and the item before the next page, or <c>PB</c> and the item after the previous one.
/// It has the item's instant too, for the case that the item has gone since.</summary>
internal static class PageToken
{
    public static string Of(PageKey item, bool next) => $"{(next ? "PA" : "PB")}{item.Sid}.{item.At.ToUnixTimeTicks()}";

    /// <summary>The page that a token asks for, or the one at an offset when it is no token of ours; and whether another follows.</summary>
    public static (List<T> Shown, bool More) Cut<T>(List<T> all, string token, int offset, int size, Func<T, PageKey> key)
    {
        if (token is not ['P', 'A' or 'B', ..] || token.LastIndexOf('.') is var dot && dot < 0 || !long.TryParse(token.AsSpan(dot + 1), out var ticks))
            return ([.. all.Skip(offset).Take(size)], all.Count > offset + size);
        var at = Instant.FromUnixTimeTicks(ticks);
        var sid = token[2..dot];
        var place = all.FindIndex(item => key(item).Sid == sid);
        var backwards = token[1] == 'B';
        if (place < 0)
            place = Gone(all, at, key) - (backwards ? 0 : 1);
        var from = backwards ? Math.Max(0, place - size) : place + 1;
        var shown = all.Skip(from).Take(backwards ? place - from : size).ToList();
        return (shown, all.Count > from + shown.Count);
    }

    /// <summary>Where an item of that instant would stand; among equals it stands first: better shown twice than never.</summary>
    private static int Gone<T>(List<T> all, Instant at, Func<T, PageKey> key)
    {
        var newestFirst = all.Count > 1 && key(all[0]).At > key(all[^1]).At;
        var place = all.FindIndex(item => newestFirst ? key(item).At <= at : key(item).At >= at);
        return place < 0 ? all.Count : place;
    }
}
