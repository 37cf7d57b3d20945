using Dialer.Core.Compliance;

namespace Dialer.Features.Compliance;

public sealed partial class CallCaps(PolicyBook book)
{
    /// <summary>The highest share of live answers that the rows of the house and the country let a campaign abandon (0 to 1); 1 where none says anything. A campaign may be stricter, never looser.</summary>
    public double AbandonRate() => AbandonRows().Where(row => row.MaxRate is not null).Select(row => row.MaxRate!.Value).DefaultIfEmpty(1).Min();

    /// <summary>
    /// Seconds after the answer within which an agent must be there, or the call counts as abandoned although one came: the lowest of those rows, two where none says anything.
    /// The law counts from the end of the greeting (16 CFR 310.4(b)(4)(i)); nobody tells us when that is, so we count from the answer, which is stricter.
    /// </summary>
    public int ConnectSeconds() => AbandonRows().Where(row => row.ConnectSeconds is not null).Select(row => row.ConnectSeconds!.Value).DefaultIfEmpty(2).Min();

    private IEnumerable<PolicyRow> AbandonRows() => book.Latest.Rows.Where(row => row is { Kind: RuleKind.Abandon, Enabled: true, Jur: "HOUSE" or "US", Purposes.IsEmpty: true });

    /// <summary>Limits on ordinary calls by voice, the widest jurisdictions first: what a plan of attempts is laid beside.</summary>
    public IReadOnlyList<CallCap> OnCalls() =>
        [.. book.Latest.Rows.Where(row => row is { Kind: RuleKind.Cap, Enabled: true, Max: > 0, Artificial: not true } && row.Channels.Contains(Channel.Voice) && row.Counts is CapCounts.Counted or CapCounts.Connected)
            .Select(row => new CallCap(
                row.Id, row.Jur, row.Max!.Value, row.WindowHours ?? 24 * row.WindowDays!.Value, row.Unit.ToString(), row.Counts.ToString(), row.Cite ?? "", row.EnforceAs == Basis.Law))
            .OrderBy(cap => cap.Jurisdiction.Length > 2 ? cap.Jurisdiction == "HOUSE" ? 1 : 2 : 0).ThenBy(cap => cap.Jurisdiction, StringComparer.Ordinal).ThenBy(cap => cap.WindowHours)];
}
