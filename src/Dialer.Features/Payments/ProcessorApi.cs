using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Dialer.Core.Ivr;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dialer.Features.Payments;

/// <summary>A charge to what the processor keeps. <paramref name="Key"/> makes it happen once, <paramref name="Reference"/> names it in the processor's file.</summary>
internal sealed record SavedCharge(string Key, string Reference, decimal Amount, string Currency, bool IsBank, string Token, string? Profile, string CallSid);

/// <summary>The processor's own API, asked only to charge what it keeps: everything that is entered goes to it through Twilio's <c>Pay</c>.</summary>
/// <remarks>
/// The wire is that of Stripe's payment intents (POST /v1/payment_intents, amounts in the smallest unit, the key as the user of Basic authentication, Idempotency-Key), whose connector's
/// reusable tokens are a customer (ProfileId) and a method attached to it (PaymentToken). https://docs.stripe.com/api/payment_intents/create. Whatever is not certain is Unknown, and is never asked again.
/// </remarks>
public sealed class ProcessorApi(IOptions<PaymentsOptions> options, ILogger<ProcessorApi> log) : IDisposable
{
    /// <summary>Seconds that the processor is waited for; Twilio waits 15 for us.</summary>
    public const int PatienceSeconds = 11;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(4) })
    {
        Timeout = TimeSpan.FromSeconds(PatienceSeconds),
    };

    public bool IsConfigured => options.Value.ProcessorUrl is not null;

    public void Dispose() => _http.Dispose();

    /// <summary>Asks once. Does not end with the webhook that wants it: an answer that nobody waits for is stored all the same.</summary>
    internal async Task<PaymentOutcome> ChargeAsync(SavedCharge charge)
    {
        if (options.Value is not { ProcessorUrl: { } url, ProcessorKey: { } key })
            return new PaymentOutcome(PaymentResult.Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Post, url.TrimEnd('/') + "/v1/payment_intents") { Content = new FormUrlEncodedContent(Fields(charge)) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key}:")));
        request.Headers.Add("Idempotency-Key", charge.Key);
        try
        {
            using var answer = await _http.SendAsync(request, CancellationToken.None);
            return Read(charge, answer.StatusCode, await answer.Content.ReadAsStringAsync(CancellationToken.None));
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            log.LogError(failure, "Payment {Reference}: the processor could not be reached; nothing was charged", charge.Reference);
            return new PaymentOutcome(PaymentResult.Cancelled);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
        {
            log.LogWarning(failure, "Payment {Reference}: the processor did not answer to its end; whether it charged is not known", charge.Reference);
            return new PaymentOutcome(PaymentResult.Unknown);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Fields(SavedCharge charge)
    {
        yield return new("amount", decimal.ToInt64(charge.Amount * 100).ToString(CultureInfo.InvariantCulture));
        yield return new("currency", charge.Currency.ToLowerInvariant());
        yield return new("payment_method", charge.Token);
        if (charge.Profile is { } profile)
            yield return new("customer", profile);
        yield return new("payment_method_types[]", charge.IsBank ? "us_bank_account" : "card");
        yield return new("confirm", "true");
        yield return new("off_session", "true");
        yield return new("description", charge.Reference);
        yield return new("metadata[call]", charge.CallSid);
    }

    private PaymentOutcome Read(SavedCharge charge, HttpStatusCode status, string body)
    {
        switch ((int)status)
        {
            case 200 or 201:
                var (state, code) = Intent(body);
                // A debit is on its way through the banks, as after a session; a return would come in the processor's file.
                var taken = state == "succeeded" || (state == "processing" && charge.IsBank);
                return taken ? new PaymentOutcome(PaymentResult.Captured, code)
                    : new PaymentOutcome(state is "requires_payment_method" or "requires_action" or "canceled" ? PaymentResult.Declined : PaymentResult.Unknown);
            case 402:
                return new PaymentOutcome(PaymentResult.Declined);
            case 400 or 401 or 403 or 404 or 429:
                log.LogError("Payment {Reference}: the processor refused the request itself ({Status}); nothing was charged", charge.Reference, (int)status);
                return new PaymentOutcome(PaymentResult.Cancelled);
            default:
                log.LogWarning("Payment {Reference}: the processor answered {Status}; whether it charged is not known", charge.Reference, (int)status);
                return new PaymentOutcome(PaymentResult.Unknown);
        }
    }

    private static (string? State, string? Code) Intent(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            string? Text(string name) => document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            return (Text("status"), Text("latest_charge") ?? Text("id"));
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }
}
