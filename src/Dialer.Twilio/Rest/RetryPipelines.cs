using Polly;
using Polly.Retry;

namespace Dialer.Twilio.Rest;

/// <summary>Three more tries with exponential back-off and full jitter, starting near 200 ms; at this one layer only.</summary>
internal sealed class RetryPipelines(TimeProvider time)
{
    private readonly ResiliencePipeline<TwilioClient.Exchange> _always =
        Build(time, e => e.Status is 0 or 429 or >= 500);

    private readonly ResiliencePipeline<TwilioClient.Exchange> _whenNotArrived =
        Build(time, e => e.Status == 429 || (e.Status == 0 && !e.Sent));

    public ResiliencePipeline<TwilioClient.Exchange> For(Repeat repeat) => repeat == Repeat.Always ? _always : _whenNotArrived;

    private static ResiliencePipeline<TwilioClient.Exchange> Build(TimeProvider time, Func<TwilioClient.Exchange, bool> again) =>
        new ResiliencePipelineBuilder<TwilioClient.Exchange> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<TwilioClient.Exchange>
            {
                MaxRetryAttempts = 3,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(3),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is { } exchange && again(exchange)),
            })
            .Build();
}
