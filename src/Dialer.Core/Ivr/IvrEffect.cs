using NodaTime;

namespace Dialer.Core.Ivr;

/// <summary>What a step asks of the world. Stored or done in the same transaction as the step itself.</summary>
public abstract record IvrEffect
{
    private IvrEffect()
    {
    }

    /// <summary>The caller withdrew consent to automated calls (47 CFR 64.1200(a)(10)). Stored before it is confirmed to them.</summary>
    public sealed record RecordConsentRevoked : IvrEffect;

    /// <summary>The number is not the person's: never dial it for them again.</summary>
    public sealed record MarkWrongNumber : IvrEffect;

    /// <summary>The caller entered an account number: find whose it is, and put that person into the position.</summary>
    public sealed record IdentifyCaller(string AccountNumber) : IvrEffect;

    /// <summary>A round of verification failed.</summary>
    public sealed record VerificationFailed(bool Final) : IvrEffect;

    /// <summary>The right party is verified: a telephone conversation takes place (12 CFR 1006.14(b)(2)(i)(B)).</summary>
    public sealed record ConversationStarted(long PersonId, long? AccountId) : IvrEffect;

    public sealed record OpenDispute(long AccountId) : IvrEffect;

    public sealed record CreatePromise(long AccountId, Money Amount, LocalDate DueOn, PaymentMethod? Method) : IvrEffect;

    /// <summary>Ask the payment rules, and store a payment and its idempotency key before the session begins. <paramref name="Number"/> counts the sessions of this call from 1.</summary>
    /// <param name="Again">The caller knows that the same amount was paid a short while ago.</param>
    /// <param name="SavedMethodId">What they saved earlier is charged; null: the instrument is entered in a session.</param>
    /// <param name="Keep">They asked that what they are about to enter be kept for later payments.</param>
    public sealed record StartPayment(
        long AccountId, Money Amount, PaymentMethod Method, int Number, long? SettlementId = null, bool Again = false, long? SavedMethodId = null, bool Keep = false) : IvrEffect;

    /// <summary>Keep the token of what was entered for payment <paramref name="Number"/>, and let that payment be charged to it.</summary>
    public sealed record KeepMethod(int Number, PaymentMethod Method, IvrInput.Tokenized Instrument) : IvrEffect;

    /// <summary>The person wants it kept no longer: from this second on it cannot be charged.</summary>
    public sealed record RemoveMethod(long SavedMethodId) : IvrEffect;

    public sealed record CompletePayment(int Number, PaymentOutcome Outcome) : IvrEffect;

    /// <summary>"You may call me about this account until ..." (12 CFR 1006.14(b)(3)(i)); dates are half-open, at most seven days.</summary>
    public sealed record RecordCallBackConsent(long AccountId, LocalDate From, LocalDate Until) : IvrEffect;

    /// <summary>Call the person back at <paramref name="At"/>, local to them, or as soon as somebody is free when it has passed.</summary>
    public sealed record RequestCallBack(LocalDateTime At, long? AccountId) : IvrEffect;

    /// <summary>Agree a plan of the catalogue. It takes nothing from anybody until its authorisation is signed (12 CFR 1005.10(b)).</summary>
    public sealed record CreatePlan(long AccountId, long PlanOfferId, LocalDate FirstOn) : IvrEffect;

    /// <summary>The person cannot pay at present: collection calls pause and a person looks at it.</summary>
    public sealed record OpenHardship(long AccountId) : IvrEffect;

    public sealed record KeepVoicemail(string RecordingSid, int Seconds) : IvrEffect;

    /// <summary>The answer to the one question, 1 (bad) to 5 (good).</summary>
    public sealed record RecordSurvey(int Score) : IvrEffect;

    /// <summary>Reserve an agent; the answer to the caller is the agent's conference, or the step after <see cref="IvrInput.NobodyFree"/>.</summary>
    public sealed record TransferToAgent : IvrEffect;

    public sealed record HangUp : IvrEffect;
}
