namespace Dialer.Core.Pacing;

/// <summary>How the forecast's chances of meeting nobody compare with what then happened: abandoned calls against the tau in force at each live answer.</summary>
/// <remarks>A floor is abandoned a little more, or less, often than tau says, since tau bounds the last dial's chance and not the average one. Without this the controller would need a standing debt to find its place.</remarks>
public sealed class Calibration
{
    private static readonly double Fade = Math.Pow(2, -1 / 4000d);

    /// <summary>Faded sum of tau over live answers: abandoned calls that tau alone would promise.</summary>
    public double Promised { get; set; }

    /// <summary>Faded count of abandoned calls.</summary>
    public double Abandoned { get; set; }

    /// <summary>Tau of the last decision when it was what held the dialling back, else null: then nothing is learned.</summary>
    public double? TauInForce { get; set; }

    /// <summary>Factor from the wanted share of abandoned calls to the tau that brings it about.</summary>
    /// <param name="prior">Abandoned calls presumed to have gone as promised.</param>
    /// <param name="most">No factor is above this.</param>
    public double Factor(double prior, double most) => Math.Clamp((Promised + prior) / (Abandoned + prior), 0.3, most);

    /// <summary>The account at the last decision: what was answered and abandoned since is learned from its growth, so that no event can be missed or counted twice.</summary>
    public AbandonmentLedger? Seen { get; set; }

    internal void Learn(AbandonmentLedger ledger)
    {
        var (answers, abandoned) = Seen is { } seen ? (ledger.LiveAnswers - seen.LiveAnswers, ledger.Abandoned - seen.Abandoned) : (0, 0);
        Seen = ledger;
        // A window that lets old hours go shrinks the account: that says nothing about now. A call is abandoned seconds after its answer was counted: growth without answers counts too.
        if (answers is < 0 or > 1000 || abandoned < 0 || answers + abandoned == 0 || TauInForce is not { } tau)
            return;
        var fade = Math.Pow(Fade, answers);
        Promised = Promised * fade + answers * tau;
        Abandoned = Abandoned * fade + abandoned;
    }
}
