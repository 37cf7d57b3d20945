using Dialer.Core;
using Dialer.Core.Ivr;
using NodaTime;

namespace Dialer.Features.Promises;

/// <summary>A promise to pay, as it is made. Amount and date were confirmed by the caller or agent and lie inside policy.</summary>
public sealed record NewPromise(long AccountId, long PersonId, long? AttemptId, Money Amount, LocalDate DueOn, string Source, PaymentMethod? Method = null);

/// <summary>Promises: at most one active on an account.</summary>
public static partial class PromiseStore;
