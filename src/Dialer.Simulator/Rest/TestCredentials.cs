using System.Text.Json.Nodes;
using Dialer.Simulator.Calls;
using Dialer.Simulator.Engine;
using Dialer.Simulator.Numbers;

namespace Dialer.Simulator.Rest;

/// <summary>What test credentials answer: magic numbers only, nothing is ever dialled.</summary>
/// <remarks>https://www.twilio.com/docs/iam/test-credentials</remarks>
internal static class TestCredentials
{
    public static RestReply Answer(RestRequest request, string[] parts, PhoneNetwork network)
    {
        var options = network.Options;
        if (parts is not ["Accounts", var account, var resource] || account != options.TestAccountSid || request.Method != "POST" || resource is not ("Calls" or "Messages" or "IncomingPhoneNumbers"))
            return RestReply.Error(403, 20008, "Resource not accessible with Test Account Credentials");
        var context = new RestContext(network, request, []);
        if (resource == "IncomingPhoneNumbers")
            return request.Body["PhoneNumber"] switch
            {
                "+15005550006" => Number(context, request),
                "+15005550000" => RestReply.Error(400, 21422, "The phone number is not available"),
                _ => RestReply.Error(400, 21421, "The phone number is invalid"),
            };
        if ((request.Body["From"] ?? string.Empty) is var from && from != "+15005550006")
            return from == "+15005550001" ? RestReply.Error(400, 21212, $"The 'From' number {from} is not a valid phone number.") : RestReply.Error(400, 21210, $"The source phone number provided, {from}, is not yet verified for your account.");
        return request.Body["To"] switch
        {
            "+15005550001" => RestReply.Error(400, resource == "Calls" ? 21217 : 21211, "The phone number does not appear to be valid."),
            "+15005550002" => RestReply.Error(400, resource == "Calls" ? 21214 : 21612, "The number cannot be reached."),
            "+15005550003" => RestReply.Error(400, resource == "Calls" ? 21215 : 21408, "Your account is not authorized to call this number."),
            "+15005550004" => RestReply.Error(400, resource == "Calls" ? 21216 : 21610, "The number is blocked."),
            "+15005550009" when resource == "Messages" => RestReply.Error(400, 21614, "The number is incapable of receiving SMS messages."),
            null or "" => RestReply.Error(400, resource == "Calls" ? 21201 : 21604, "A 'To' number is required."),
            { } to when !Core.Numbers.PhoneNumber.TryParse(to, out _) => RestReply.Error(400, 21211, $"The phone number, {to}, is not valid."),
            { } to when resource == "Calls" => CreateCall.RefuseParameters(context) ?? Mine(CallJson.Of(new Call(network, Sid("CA", request), from, to, "outbound-api")), options),
            { } to => MessageRoutes.RefuseText(request.Body) ?? Mine(MessageRoutes.Json(context, new Message(Sid("SM", request), to, from, request.Body.NonEmpty("Body") ?? string.Empty, "outbound-api", network.Timeline.Now)), options),
        };
    }

    private static RestReply Number(RestContext context, RestRequest request)
    {
        if (EndpointForm.Problem(context) is { } problem)
            return problem;
        var number = new VoiceEndpoint(Sid("PN", request), request.Body.NonEmpty("FriendlyName") ?? "(500) 555-0006", context.Network.Timeline.Now) { PhoneNumber = "+15005550006" };
        EndpointForm.Apply(context, number);
        return Mine(EndpointJson.Number(context, number), context.Network.Options);
    }

    /// <summary>The resource as the test account's: the account of its paths is that one.</summary>
    private static RestReply Mine(JsonObject json, NetworkOptions options) =>
        new(201, JsonNode.Parse(json.ToJsonString().Replace(options.AccountSid, options.TestAccountSid, StringComparison.Ordinal)));

    private static string Sid(string prefix, RestRequest request) => $"{prefix}{Chance.Hash(1, request.Body.Encode()):x16}{Chance.Hash(2, request.Body.Encode()):x16}";
}
