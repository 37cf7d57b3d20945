using Microsoft.AspNetCore.Routing;

namespace Dialer.Features.WorkItems;

/// <summary>Tasks about accounts: given by a person or by the service, until a day, done or not.</summary>
public static class WorkItemsModule
{
    public static void MapWorkItems(this IEndpointRouteBuilder routes)
    {
        GiveTask.Map(routes);
        FinishTask.Map(routes);
        ChangeTask.Map(routes);
        ReadTasks.Map(routes);
    }
}
