using System.Reflection;
using Dialer.Architecture.Tests.Planted;
using Dialer.Features.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dialer.Architecture.Tests;

/// <summary>Every endpoint says by a scope who may use it. Without a person behind them are only sign-in, here and by way of an identity provider, health, and the carrier's webhooks, which are signed.</summary>
public sealed class EndpointTests
{
    private static readonly string[] MayBeAnonymous = ["/api/v1/access/login", "/api/v1/access/logout", "/api/v1/access/openid", "/health/", "/twilio/", "/openapi/"];

    public static TheoryData<string> Modules() => [.. ModuleTypes().Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task Every_endpoint_of_a_module_is_authorised(string module)
    {
        await using var app = Application();
        foreach (var map in MapMethods(ModuleTypes().Single(type => type.Name == module)))
            map.Invoke(null, [app]);

        Open(Endpoints(app)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Planted_open_endpoints_are_found()
    {
        await using var app = Application();
        OpenDoors.MapOpen(app);

        Open(Endpoints(app)).Order().ShouldBe(["GET /api/v1/anonymous", "GET /api/v1/open", "GET /api/v1/role", "GET /api/v1/somebody"]);
    }

    private static IEnumerable<string> Open(IEnumerable<RouteEndpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            var path = endpoint.RoutePattern.RawText ?? "";
            var anonymous = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy).ToList();
            var authorised = policies.Count > 0 && policies.TrueForAll(policy => policy is not null && (Scopes.All.Contains(policy) || policy == Scopes.SignedIn));
            var allowed = anonymous ? MayBeAnonymous.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal)) : authorised;
            if (!allowed)
                yield return $"{string.Join(',', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])} {path}";
        }
    }

    private static IEnumerable<RouteEndpoint> Endpoints(IEndpointRouteBuilder app) => app.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    private static IEnumerable<Type> ModuleTypes() =>
        Product.Features.GetTypes().Where(type => type.Name.EndsWith("Module", StringComparison.Ordinal) && MapMethods(type).Any());

    private static IEnumerable<MethodInfo> MapMethods(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.Name.StartsWith("Map", StringComparison.Ordinal) && method.GetParameters() is [{ ParameterType: var first }] && first == typeof(IEndpointRouteBuilder));

    /// <summary>An application with every module's services, so that handlers' parameters are told apart; nothing is resolved or started.</summary>
    private static WebApplication Application()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddAuthorization();
        builder.Services.AddSingleton(TimeProvider.System);
        foreach (var type in new[] { Product.Features, Product.Storage, Product.Twilio }.SelectMany(assembly => assembly.GetTypes()).Where(type => !type.IsGenericType && type is { IsClass: true, IsNested: false }))
            AddServices(type, builder.Services);
        return builder.Build();
    }

    /// <summary>Registers every public class of the product by its own name: enough for routing to see a service where a handler asks for one.</summary>
    private static void AddServices(Type type, IServiceCollection services)
    {
        if (type is { IsAbstract: false, IsPublic: true } && type.GetMethod("<Clone>$") is null)
            services.AddSingleton(type, _ => throw new InvalidOperationException("Nothing is resolved here."));
    }
}
